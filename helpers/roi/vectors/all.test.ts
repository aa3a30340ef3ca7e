import { expect, test } from 'vitest';

import { readExample } from '../example.ts';
import { vectors } from './all.ts';

const rapidScale = await readExample();
const all = vectors(rapidScale);

test.each(all)('%s %s: %s', (_rule, _what, given, byHand) => {
  expect(given).toBe(byHand);
});

test('every rule from R.1 to R.12 has worked examples', () => {
  const rules = new Set(all.map(([rule]) => rule));
  const wanted = Array.from({ length: 12 }, (_, index) => `R.${index + 1}`);
  expect(wanted.filter((rule) => !rules.has(rule))).toEqual([]);
});
