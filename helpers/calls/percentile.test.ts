import { expect, test } from 'vitest';

import { percentile } from './percentile.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test('of the numbers from 1 to 100 in any order, each percentile is that number', () => {
  expect([1, 50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([1, 50, 99, 100]);
});

test('one value is every percentile', () => {
  expect([percentile([7], 0), percentile([7], 50), percentile([7], 100)]).toEqual([7, 7, 7]);
});

test('no values have no percentile', () => {
  expect(() => percentile([], 50)).toThrow('no values');
});
