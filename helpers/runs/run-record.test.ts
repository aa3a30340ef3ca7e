import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { archivedRuns, archiveRun, readRun, runFile, type RunRecord, writeRun } from './run-record.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'run-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const run = (day: number): RunRecord => ({
  facts: { ...exampleFacts, startedAt: `2026-11-${String(day).padStart(2, '0')}T03:12:00.000Z` },
  commit: 'abc',
  only: '',
  leftovers: [],
  exercises: [],
});

test('a run is read back as it was written', async () => {
  const path = join(await folder(), 'beside', 'the report');
  await writeRun(path, run(1));
  expect(await readRun(path)).toEqual(run(1));
});

test('a run of an earlier release, which told less, has nothing where it tells nothing', async () => {
  const path = await folder();
  const { commands: _unknown, ...exercise } = exampleExercise;
  await writeFile(join(path, runFile), JSON.stringify({ ...run(1), exercises: [exercise] }));
  expect((await readRun(path)).exercises[0]).toMatchObject({ path: exercise.path, commands: [] });
});

test('a folder without a run is a usage error, whether it is there or not', async () => {
  const path = await folder();
  await mkdir(join(path, 'empty'));
  for (const name of ['empty', 'missing']) {
    await expect(readRun(join(path, name))).rejects.toMatchObject({ exitCode: 2 });
  }
});

test('the last thirty runs are kept, the oldest go', async () => {
  const path = await folder();
  for (let day = 1; day <= 31; day += 1) await archiveRun(run(day), path);
  const kept = await archivedRuns(path);
  expect(kept.map((each) => basename(each))).toHaveLength(30);
  expect(basename(kept[0] ?? '')).toBe('2026-11-02T031200');
});
