import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import type { RecordedExercise } from '../record/record.ts';
import { appendHistory, flakes, historyLine, type HistoryLine, readHistory, worstWaits } from './history.ts';
import type { RunRecord } from './run-record.ts';

const exercise: RecordedExercise = {
  ...exampleExercise,
  waits: [{ step: 'After', reason: 'no answer', held: true, waitedMs: 4_576, deadlineMs: 30_000, attempts: 5 }],
};
const run = (status: string, commit = 'abc', exercises = [{ ...exercise, status }]): RunRecord => ({
  facts: exampleFacts,
  commit,
  only: '',
  leftovers: [],
  exercises,
});

test('a line holds each exercise with its seconds and the share of its deadline that each wait used', () => {
  expect(historyLine(run('passed'))).toMatchObject({
    date: '2026-11-21T03:12:00.000Z',
    versions: { istiod: '1.31' },
    exercises: [{ status: 'passed', seconds: 12.3, waits: [{ reason: 'no answer', seconds: 4.6, share: 0.153 }] }],
  });
});

test('every run is one line more, and a half-written line spoils none of the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'history-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'runs.jsonl');
  expect(await readHistory(file)).toEqual([]);
  await appendHistory(run('passed'), file);
  await appendFile(file, '{"date": "2026\n');
  await appendHistory(run('failed'), file);
  expect((await readHistory(file)).map(({ exercises }) => exercises[0]?.status)).toEqual(['passed', 'failed']);
});

test('an exercise is flaky only if it ended both ways on the same commit and versions; skips do not count', () => {
  const history = (...runs: RunRecord[]): HistoryLine[] => runs.map(historyLine);
  expect(flakes(history(run('passed'), run('failed'), run('skipped'), run('passed')))).toEqual([
    { path: exercise.path, passed: 2, runs: 3 },
  ]);
  expect(flakes(history(run('passed', 'abc'), run('failed', 'def')))).toEqual([]);
  expect(flakes(history(run('failed'), run('failed')))).toEqual([]);
});

test('the worst waits are the largest of each reason, over all runs', () => {
  const slow = { ...exercise, waits: exercise.waits.map((wait) => ({ ...wait, waitedMs: 24_000 })) };
  const history = [run('passed'), run('passed', 'abc', [slow]), run('passed')].map(historyLine);
  expect(worstWaits(history, 3)).toEqual([{ path: exercise.path, reason: 'no answer', seconds: 24, share: 0.8 }]);
});
