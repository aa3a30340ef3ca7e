import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { chosenPairs, columnOf, hasRun, pairName, readColumn, writeResult } from './matrix.ts';
import { writeRun } from './run-record.ts';

const pairs = ['1.31.1', '1.30.5'].flatMap((istio) =>
  ['1.36.3', '1.35.4'].map((kubernetes) => ({ istio, kubernetes })),
);

test('a part of the matrix is named by a release or by a pair', () => {
  expect(chosenPairs(pairs)).toEqual(pairs);
  expect(chosenPairs(pairs, '1.30')).toEqual(pairs.slice(2));
  expect(chosenPairs(pairs, '1.30-1.35.4 1.31-1.36')).toEqual([pairs[0], pairs[3]]);
  expect(chosenPairs(pairs, '-1.35').map(({ istio }) => istio)).toEqual(['1.31.1', '1.30.5']);
  expect(() => chosenPairs(pairs, '1.29')).toThrow('PAIRS=1.29 is no pair of the matrix');
  expect(() => chosenPairs(pairs, '-')).toThrow('PAIRS=- is no pair of the matrix');
  expect(() => chosenPairs(pairs, '1.31-1.36-1.35')).toThrow('is no pair of the matrix');
});

test('a pair that has ended in this state is not run again; one of another commit, or interrupted, is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'matrix-'));
  const pair = { istio: '1.31.1', kubernetes: '1.37.2' };
  const state = { commit: 'abc', chosen: '' };
  try {
    const before = await readColumn(folder, pair);
    expect(before.supported).toBe(false);
    expect(hasRun(before, state)).toBe(false);
    const own = join(folder, pairName(pair));
    await mkdir(own);
    await writeRun(own, { facts: exampleFacts, commit: 'abc', only: '', exercises: [exampleExercise], leftovers: [] });
    expect(hasRun(await readColumn(folder, pair), state)).toBe(false);
    await writeResult(own, { pair, ...state, exitCode: 1, seconds: 400 });
    const after = await readColumn(folder, pair);
    expect(hasRun(after, state)).toBe(true);
    expect(hasRun(after, { ...state, commit: 'abd' })).toBe(false);
    expect(hasRun(after, { ...state, chosen: 'ONLY=m1.e4' })).toBe(false);
    await writeResult(own, { pair, ...state, commit: 'abc+', exitCode: 1, seconds: 400 });
    expect(hasRun(await readColumn(folder, pair), { ...state, commit: 'abc+' })).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a run of another commit, or of a checkout that has changed since, is none of this state', () => {
  const run = { facts: exampleFacts, commit: 'abc', only: '', exercises: [], leftovers: [] };
  const column = { pair: { istio: '1.31.1', kubernetes: '1.36.3' }, supported: true, folder: 'f', run };
  const began = Date.parse(exampleFacts.startedAt);
  const runOf = (commit: string, since = Infinity) =>
    columnOf({ ...column, run: { ...run, commit } }, 'abc', since).run;
  expect(runOf('abc')).toBeDefined();
  expect(runOf('abd')).toBeUndefined();
  expect(runOf('abd', began)).toBeDefined();
  expect(columnOf({ ...column, run: { ...run, commit: 'abc+' } }, 'abc+', began + 1).run).toBeUndefined();
  expect(columnOf({ ...column, run: { ...run, commit: 'abc+' } }, 'abc+', began).run).toBeDefined();
});
