import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { jobSummary, writeJobSummary } from './job-summary.ts';

const exercise = (path: string, status: string, reason = '', waitedMs = 3_000) => ({
  ...exampleExercise,
  path,
  claim: `${path} holds`,
  status,
  reason,
  message: reason,
  waits: [{ step: 'After', reason: 'r', held: true, waitedMs, deadlineMs: 30_000, attempts: 1 }],
});
const run = {
  facts: exampleFacts,
  commit: '',
  only: '',
  leftovers: [],
  exercises: [
    exercise('a', 'passed'),
    exercise('b', 'broken', 'got <nothing> | at all', 29_000),
    exercise('c', 'skipped', 'needs netpol'),
  ],
};

test('the table has a row per exercise, what failed first, with its reason as text', () => {
  const rows = jobSummary(run)
    .split('\n')
    .filter((line) => line.includes('holds'));
  expect(rows).toEqual([
    String.raw`| ✕ not proven | b holds<br><code>b</code><br>got &lt;nothing> \| at all | 12.3 s | ⚠ 97 % |`,
    '| ✓ proven | a holds<br><code>a</code> | 12.3 s | 10 % |',
    '| – skipped | c holds<br><code>c</code><br>needs netpol | 12.3 s | 10 % |',
  ]);
  expect(jobSummary(run)).toContain('3 exercises: 1 proven, 1 not proven, 1 skipped.');
});

test('it is appended to the file that GitHub names, and written nowhere else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'summary-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'summary.md');
  await writeJobSummary(run, '');
  await writeJobSummary(run, file);
  await writeJobSummary(run, file);
  expect(await readFile(file, 'utf8')).toBe(jobSummary(run).repeat(2));
});

test('a long reason is cut: the report has the whole', () => {
  const row = jobSummary({ ...run, exercises: [exercise('a', 'failed', 'x'.repeat(5_000))] });
  expect(row).toContain('xxx…');
  expect(row.length).toBeLessThan(1_000);
});
