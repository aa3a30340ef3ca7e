import { expect, test } from 'vitest';

import { longestLane } from './lanes.ts';

const waits = (waitedMs: number) => [
  { step: 'Cast', reason: 'the cast is ready', held: true, waitedMs, deadlineMs: 90_000, attempts: 1 },
];

test('exercises that overlap are in lanes of their own, those that follow each other in one', () => {
  const exercises = [
    { startMs: 0, durationMs: 10, waits: waits(4) },
    { startMs: 0, durationMs: 30, waits: waits(5) },
    { startMs: 11, durationMs: 25, waits: waits(6) },
  ];
  expect(longestLane(exercises)).toEqual({ busyMs: 35, waitedMs: 10 });
});

test('a run without exercises has no lane', () => {
  expect(longestLane([])).toEqual({ busyMs: 0, waitedMs: 0 });
});
