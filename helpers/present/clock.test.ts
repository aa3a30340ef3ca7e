import { expect, test } from 'vitest';

import { Clock } from './clock.ts';

test('a clock counts from its start, and starts once', () => {
  let now = 5_000;
  const clock = new Clock(() => now);
  now += 60_000;
  expect(clock.elapsedMs).toBe(0);
  clock.start();
  now += 7_000;
  clock.start();
  expect(clock.elapsedMs).toBe(7_000);
});
