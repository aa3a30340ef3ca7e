import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { noteOwnRun } from './own-run.ts';
import { addProgress, forgetProgress, isOwn, readProgress } from './progress.ts';

async function newFile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'progress-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return join(dir, 'state', 'progress.jsonl');
}

const presented = { kind: 'presented', date: '2026-11-20T10:00:00Z', demo: 'security', live: true } as const;

test('what was done is kept in its order, for its owner’s eyes, and can be forgotten', async () => {
  const file = await newFile();
  expect(await readProgress(file)).toEqual([]);
  await addProgress(presented, file);
  await addProgress({ ...presented, live: false }, file);
  expect(await readProgress(file)).toEqual([presented, { ...presented, live: false }]);
  expect((await stat(file)).mode & 0o077).toBe(0);
  await forgetProgress(file);
  await forgetProgress(file);
  expect(await readProgress(file)).toEqual([]);
});

test('half a line, and what a later release wrote, lose nothing else', async () => {
  const file = await newFile();
  await addProgress(presented, file);
  await appendFile(file, '{"kind":"sung","date":"2026"}\n{"kind":"pres');
  await addProgress(presented, file);
  expect(await readProgress(file)).toEqual([presented, presented]);
});

test('only what a person runs at a terminal is their own', () => {
  expect(isOwn({ isTTY: true }, {})).toBe(true);
  expect(isOwn({ isTTY: true }, { CI: 'true' })).toBe(false);
  expect(isOwn({ isTTY: true }, { PRESENT: 'auto' })).toBe(false);
  expect(isOwn({}, {})).toBe(false);
});

test('a run is kept by what held and what did not; an id that failed in one exercise did not hold', async () => {
  const file = await newFile();
  const ended = [
    { status: 'passed', ids: ['m1.e1.a1', 'm1.e1.a2'] },
    { status: 'failed', ids: ['m1.e1.a2'] },
    { status: 'skipped', ids: ['m1.e1.a3'] },
  ];
  await noteOwnRun(ended, true, file);
  expect(await readProgress(file)).toMatchObject([{ kind: 'ran', held: ['m1.e1.a1'], failed: ['m1.e1.a2'] }]);
  await noteOwnRun(ended, false, file);
  await noteOwnRun([{ status: 'skipped', ids: ['m1.e1.a3'] }], true, file);
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(1);
});
