import { expect, test } from 'vitest';

import { endurance, enduranceTable, isUnsteady } from './soak.ts';

const round = (path: string, status: string, durationMs: number, waitedMs = 3_000) => ({
  path,
  status,
  durationMs,
  reason: status === 'failed' ? 'it did not hold' : '',
  waits: [{ step: 'After', reason: 'no answer', held: true, waitedMs, deadlineMs: 30_000, attempts: 1 }],
});

test('counts passes, and finds the median, the slowest round and the worst wait of each exercise', () => {
  const [first] = endurance([
    [round('a', 'passed', 10_000)],
    [round('a', 'failed', 40_000, 27_000)],
    [round('a', 'passed', 12_000)],
  ]);
  expect(first).toEqual({
    path: 'a',
    passed: 2,
    skipped: 0,
    rounds: 3,
    medianMs: 12_000,
    slowestMs: 40_000,
    worstWait: { share: 0.9, reason: 'no answer' },
    reasons: ['it did not hold'],
  });
});

test('steady is only what passed, or was skipped, in every round', () => {
  const verdict = (...ends: string[]) =>
    endurance(ends.map((status) => [round('a', status, 1)])).map((each) => isUnsteady(each, 2));
  expect(verdict('passed', 'passed')).toEqual([false]);
  expect(verdict('skipped', 'skipped')).toEqual([false]);
  expect(verdict('passed', 'broken')).toEqual([true]);
  expect(verdict('passed', 'skipped')).toEqual([true]);
  expect(verdict('passed')).toEqual([true]);
});

test('the table marks what is unsteady, with its reason', () => {
  const rounds = [
    [round('a', 'passed', 10_000), round('b', 'passed', 1_000)],
    [round('a', 'failed', 10_000), round('b', 'passed', 1_000)],
  ];
  const table = enduranceTable(endurance(rounds), 2);
  expect(table).toMatch(/FAILS {2}1 of 2 +10\.0 s.* a\n.*10 % {2}no answer\n.*it did not hold/);
  expect(table).toMatch(/\n {7}2 of 2 +1\.0 s.* b\n/);
});
