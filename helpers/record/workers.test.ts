import { expect, test } from 'vitest';

import { longestWorker } from './workers.ts';

const waits = (waitedMs: number) => [
  { step: 'Set-up', reason: 'every pod is Ready', held: true, waitedMs, deadlineMs: 90_000, attempts: 1 },
];

test('exercises that overlap are in workers of their own, those that follow each other in one', () => {
  const exercises = [
    { startMs: 0, durationMs: 10, waits: waits(4) },
    { startMs: 0, durationMs: 30, waits: waits(5) },
    { startMs: 11, durationMs: 25, waits: waits(6) },
  ];
  expect(longestWorker(exercises)).toEqual({ busyMs: 35, waitedMs: 10 });
});

test('a run without exercises has no worker', () => {
  expect(longestWorker([])).toEqual({ busyMs: 0, waitedMs: 0 });
});
