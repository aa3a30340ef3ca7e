import { expect, test } from 'vitest';

import { listing, seconds } from './style.ts';

test.each([
  [400, '0.4\u00a0s'],
  [30_000, '30\u00a0s'],
  [59_700, '1\u00a0min 0\u00a0s'],
  [125_000, '2\u00a0min 5\u00a0s'],
])('writes %d ms as %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});

test('wraps the lines of a listing, unless one is as long as a certificate', () => {
  expect(listing('# A comment.')).toContain('pre-wrap');
  expect(listing(`ca.crt: ${'A'.repeat(600)}`)).toContain('overflow-x:auto');
});
