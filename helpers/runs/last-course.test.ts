import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleCard, exampleExercise, exampleFacts } from '../record/examples.ts';
import { lastCourse, namedCourse, notCounted } from './last-course.ts';
import { archiveRun, writeRun } from './run-record.ts';

const run = (startedAt: string, only: string, choices: Readonly<Record<string, string>> = {}) => ({
  facts: { ...exampleFacts, startedAt, choices },
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
  const last = await lastCourse({ folder: dir, results: join(dir, 'none') });
  expect(last?.facts.startedAt).toBe('2026-11-21T10:00:00Z');
  expect((await notCounted(last!, dir)).map(({ only }) => only)).toEqual(['m1']);
});

test('where the whole course was never run, it is of the last part', async () => {
  const dir = await folder();
  const places = { folder: dir, results: join(dir, 'none'), specs: async () => [] };
  expect(await lastCourse(places)).toBeUndefined();
  await archiveRun(run('2026-11-20T10:00:00Z', 'm1'), dir);
  await archiveRun(run('2026-11-21T10:00:00Z', 'm2'), dir);
  expect((await lastCourse(places))?.only).toBe('m2');
});

test('a part proves nothing that an exercise outside of it proves too', async () => {
  const dir = await folder();
  const part = run('2026-11-20T10:00:00Z', 'm1');
  await archiveRun({ ...part, exercises: [{ ...exampleExercise, card: exampleCard }] }, dir);
  const specs = async () => [{ path: 'another', proves: ['m1.e1.a1'] }];
  const last = await lastCourse({ folder: dir, results: join(dir, 'none'), specs });
  expect(last?.exercises[0]?.card?.proves).toEqual([]);
});

test('versions that Istio does not support are no evidence', async () => {
  const dir = await folder();
  const places = { folder: dir, results: join(dir, 'none') };
  await archiveRun(run('2026-11-21T10:00:00Z', '', { UNSUPPORTED: 'yes' }), dir);
  expect(await lastCourse(places)).toBeUndefined();
  await archiveRun(run('2026-11-20T10:00:00Z', ''), dir);
  expect((await lastCourse(places))?.facts.startedAt).toBe('2026-11-20T10:00:00Z');
});

test('a report that was sent is named by its folder', async () => {
  const dir = await folder();
  await writeRun(dir, run('2026-11-20T10:00:00Z', ''));
  expect((await namedCourse(dir))?.exercises).toHaveLength(1);
  await expect(namedCourse(join(dir, 'other'))).rejects.toThrow('holds no finished run');
});
