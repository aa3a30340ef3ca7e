import { expect, test } from 'vitest';

import { UsageProblem } from '../system/errors.ts';
import { Fields } from './fields.ts';

const fields = (value: unknown) => new Fields(value, 'mine.yaml');
const team = { team: [{ size: 3 }, { size: -1 }] };

test('a complaint names the field by its path, what stands there, what is accepted, and the file to correct', () => {
  const read = () => fields(team).each('team', (member) => member.number('size', [0, 10]));
  expect(read).toThrow(
    new UsageProblem('team[1].size is -1; accepted: a number from 0 to 10', 'correct team[1].size in mine.yaml'),
  );
});

test('both ends of a range are accepted', () => {
  expect(fields({ size: 0 }).number('size', [0, 10])).toBe(0);
  expect(fields({ size: 10 }).number('size', [0, 10])).toBe(10);
});

test.each([['3'], [null], [Number.NaN], [Number.POSITIVE_INFINITY], [undefined]])('%s is no number', (size) => {
  expect(() => fields({ size }).number('size', [0, 10])).toThrow(UsageProblem);
});

test('a field that nobody asked for is refused, so a misspelt name is not ignored', () => {
  expect(() => fields({ size: 1, sizes: 2 }).whole((all) => all.number('size', [0, 10]))).toThrow(
    'sizes is 2; accepted: no such field, only size',
  );
});

test('a missing optional field is undefined, and a wrong one is refused', () => {
  expect(fields({}).numberIfGiven('size', [0, 10])).toBeUndefined();
  expect(() => fields({ size: 11 }).numberIfGiven('size', [0, 10])).toThrow(UsageProblem);
});

test.each([[[]], ['text'], [null]])('%j is no mapping', (value) => {
  expect(() => fields(value)).toThrow('the file is');
});

test('an empty list and an empty text are refused', () => {
  expect(() => fields({ costs: [] }).each('costs', () => 1)).toThrow('a list of at least one');
  expect(() => fields({ name: ' ' }).text('name')).toThrow('a text');
});

test('a word outside the choices is refused with the choices', () => {
  expect(() => fields({ basis: 'guessed' }).choice('basis', ['given', 'assumed'])).toThrow('one of given, assumed');
});
