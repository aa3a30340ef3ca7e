import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { lastCourse, namedCourse } from './last-course.ts';
import { archiveRun, writeRun } from './run-record.ts';

const run = (startedAt: string, only: string) => ({
  facts: { ...exampleFacts, startedAt },
  commit: '',
  only,
  exercises: [exampleExercise],
  leftovers: [],
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'last-course-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('evidence is of the last whole course, although a part of it was run since', async () => {
  const dir = await folder();
  for (const each of [
    run('2026-11-20T10:00:00Z', ''),
    run('2026-11-21T10:00:00Z', ''),
    run('2026-11-22T10:00:00Z', 'm1'),
  ])
    await archiveRun(each, dir);
  expect((await lastCourse(dir, join(dir, 'none')))?.facts.startedAt).toBe('2026-11-21T10:00:00Z');
});

test('where the whole course was never run, it is of the last part', async () => {
  const dir = await folder();
  expect(await lastCourse(dir, join(dir, 'none'))).toBeUndefined();
  await archiveRun(run('2026-11-20T10:00:00Z', 'm1'), dir);
  await archiveRun(run('2026-11-21T10:00:00Z', 'm2'), dir);
  expect((await lastCourse(dir, join(dir, 'none')))?.only).toBe('m2');
});

test('a report that was sent is named by its folder', async () => {
  const dir = await folder();
  await writeRun(dir, run('2026-11-20T10:00:00Z', ''));
  expect((await namedCourse(dir))?.exercises).toHaveLength(1);
  await expect(namedCourse(join(dir, 'other'))).rejects.toThrow('holds no finished run');
});
