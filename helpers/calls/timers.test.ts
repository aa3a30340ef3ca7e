import { expect, test } from 'vitest';

import { about } from './timers.ts';

test('what takes a second may seem to take a twentieth less, and no more than that', () => {
  expect([0.96, 0.94].map((seconds) => seconds >= about(1))).toEqual([true, false]);
});
