import { expect, test } from 'vitest';

import { keep } from './keep.ts';

test('what the shape does not name is dropped, at every depth', () => {
  const value = { a: { b: 1, c: 2 }, d: [{ e: 3, f: 4 }, { f: 5 }], g: 6 };
  expect(keep(value, { a: { b: true }, d: [{ e: true }] })).toEqual({ a: { b: 1 }, d: [{ e: 3 }, {}] });
});

test('of some fields only their presence is kept', () => {
  expect(keep({ probe: { headers: ['secret'] }, other: null }, { probe: 'there', other: 'there' })).toEqual({
    probe: {},
  });
});

test('what has another form than the shape is dropped', () => {
  expect(keep({ a: 'text', b: { c: 1 } }, { a: { x: true }, b: [{ c: true }] })).toEqual({});
  expect(keep('text', { a: true })).toBeUndefined();
});
