import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { lastGreen } from './last-green.ts';
import { archiveRun } from './run-record.ts';

const { path } = exampleExercise;

async function archive(...runs: readonly (readonly [day: string, status: string])[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [day, status] of runs) {
    const facts = { ...exampleFacts, startedAt: `${day}T03:12:00.000Z` };
    const exercises = [{ ...exampleExercise, status }];
    await archiveRun({ facts, commit: day, only: '', exercises, leftovers: [] }, folder);
  }
  return folder;
}

test('the last run in which the exercise passed is found, not a later one in which it did not', async () => {
  const folder = await archive(['2026-11-20', 'passed'], ['2026-11-21', 'passed'], ['2026-11-22', 'failed']);
  expect(await lastGreen(path, folder)).toMatchObject({ commit: '2026-11-21', exercise: { path } });
});

test('where it never passed, or nothing is kept, there is none', async () => {
  expect(await lastGreen(path, await archive(['2026-11-20', 'broken']))).toBeUndefined();
  expect(await lastGreen('another', await archive(['2026-11-20', 'passed']))).toBeUndefined();
  expect(await lastGreen(path, '/nowhere')).toBeUndefined();
});
