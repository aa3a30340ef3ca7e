import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { archivedRuns, archiveRun, lastWhole, readRun, runFile, type RunRecord, writeRun } from './run-record.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'run-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const run = (day: number, only = '', choices: Readonly<Record<string, string>> = {}): RunRecord => ({
  facts: { ...exampleFacts, choices, startedAt: `2026-11-${String(day).padStart(2, '0')}T03:12:00.000Z` },
  commit: 'abc',
  only,
  leftovers: [],
  exercises: [],
});

test('a run is read back as it was written', async () => {
  const path = join(await folder(), 'beside', 'the report');
  await writeRun(path, run(1));
  expect(await readRun(path)).toEqual(run(1));
  expect(await readdir(path)).toEqual([runFile]);
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

test.each(['{ "facts": {', '[]', '{ "name": "other" }', '{ "facts": null, "exercises": [] }'])(
  'a file with %s by the name of a run is a usage error',
  async (text) => {
    const path = await folder();
    await writeFile(join(path, runFile), text);
    await expect(readRun(path)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(runFile) as string,
    });
  },
);

test('the last thirty runs are kept, the oldest go', async () => {
  const path = await folder();
  for (let day = 1; day <= 31; day += 1) await archiveRun(run(day), path);
  const kept = await archivedRuns(path);
  expect(kept.map((each) => basename(each))).toHaveLength(30);
  expect(basename(kept[0] ?? '')).toBe('2026-11-02T031200');
});

test('the last whole run stays, however many parts were run since', async () => {
  const path = await folder();
  await archiveRun(run(1), path);
  await archiveRun(run(2), path);
  for (let day = 1; day <= 31; day += 1) {
    const part = run(day, 'm1.e4');
    await archiveRun(
      { ...part, facts: { ...part.facts, startedAt: part.facts.startedAt.replace('-11-', '-12-') } },
      path,
    );
  }
  expect((await archivedRuns(path)).map((each) => basename(each)).slice(0, 2)).toEqual([
    '2026-11-02T031200',
    '2026-12-02T031200',
  ]);
});

test('a folder in which an interrupted run left nothing is none of the runs', async () => {
  const path = await folder();
  await archiveRun(run(1), path);
  await mkdir(join(path, '2026-11-02T031200'));
  expect((await archivedRuns(path)).map((each) => basename(each))).toEqual(['2026-11-01T031200']);
});

test('the last run of the whole course is found, not a later one of a part, nor one on versions that are not supported', async () => {
  const path = await folder();
  expect(await lastWhole(path)).toBeUndefined();
  for (const each of [run(20), run(21), run(22, 'm1.e4'), run(23, '', { UNSUPPORTED: 'yes' })])
    await archiveRun(each, path);
  expect((await lastWhole(path))?.facts.startedAt).toBe(run(21).facts.startedAt);
  expect((await lastWhole(path, run(21).facts.startedAt))?.facts.startedAt).toBe(run(20).facts.startedAt);
});
