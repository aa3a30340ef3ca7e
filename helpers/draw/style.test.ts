import { expect, test } from 'vitest';

import { seconds } from './style.ts';

test.each([
  [400, '0.4\u00a0s'],
  [30_000, '30\u00a0s'],
  [59_700, '1\u00a0min 0\u00a0s'],
  [125_000, '2\u00a0min 5\u00a0s'],
])('writes %d ms as %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});
