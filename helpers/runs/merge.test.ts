import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { type RunFacts, unknownFacts } from '../record/run-facts.ts';
import { mergeChoices, mergeFacts, mergeRuns } from './merge.ts';
import { readRun, writeRun } from './run-record.ts';

const facts: RunFacts = {
  ...unknownFacts,
  versions: { istiod: '1.31' },
  engine: 'Podman 4.3.1',
  provider: 'kind',
  imageSource: 'assembled',
  standIns: [{ upstream: 'nginx', madeOf: 'Debian' }],
  startedAt: '2026-11-21T08:00:00.000Z',
  durationMs: 60_000,
  timings: { lessons: 50_000 },
  machine: '2 cores',
};
const later: RunFacts = { ...facts, provider: 'k3s', startedAt: '2026-11-21T08:00:30.000Z' };

test('facts reach from the first start to the last end, and keep what differs', () => {
  expect(mergeFacts([later, facts])).toEqual({
    ...facts,
    provider: 'k3s, kind',
    durationMs: 90_000,
    timings: { 'run 1: lessons': 50_000, 'run 2: lessons': 50_000 },
  });
});

test('all shards together are the whole choice; some of them are not', () => {
  expect(mergeChoices(['SHARD=1/2', 'SHARD=2/2'])).toBe('');
  expect(mergeChoices(['m1.e4 SHARD=2/2', 'm1.e4 SHARD=1/2'])).toBe('m1.e4');
  expect(mergeChoices(['SHARD=1/3', 'SHARD=2/3'])).toBe('SHARD=1/3, SHARD=2/3');
  expect(mergeChoices(['m1.e4', 'm1.e5'])).toBe('m1.e4, m1.e5');
});

async function results(root: string, name: string, path: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  const labels = ['epic', 'feature', 'story'].map((label) => ({ name: label, value: name }));
  const result = { uuid: name, name, status: 'passed', historyId: path, labels };
  await writeFile(join(folder, `${name}-result.json`), JSON.stringify(result));
  await writeFile(join(folder, `${name}-attachment.txt`), 'evidence');
  await writeRun(folder, { facts, commit: 'abc', only: `SHARD=${name}/2`, exercises: [], leftovers: [] });
  return folder;
}

test('folders are merged into one of results', async () => {
  const root = await mkdtemp(join(tmpdir(), 'merge-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folders = [await results(root, '1', 'm1/a'), await results(root, '2', 'm1/b')];
  const runs = await Promise.all(folders.map(readRun));
  const merged = await mergeRuns(folders, runs, join(root, 'merged'));
  expect(merged).toMatchObject({ commit: 'abc', only: '', exercises: [{ path: 'm1/a' }, { path: 'm1/b' }] });
  expect((await readdir(join(root, 'merged'))).toSorted()).toEqual([
    '1-attachment.txt',
    '1-result.json',
    '2-attachment.txt',
    '2-result.json',
  ]);
});

test('an exercise in two of the folders is refused', async () => {
  const root = await mkdtemp(join(tmpdir(), 'merge-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const exercise = { path: 'm1/a' } as never;
  const runs = [1, 2].map(() => ({ facts, commit: '', only: '', exercises: [exercise], leftovers: [] }));
  await expect(mergeRuns([root, root], runs, join(root, 'merged'))).rejects.toThrow('m1/a is in more than one');
});
