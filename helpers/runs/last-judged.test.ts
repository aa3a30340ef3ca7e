import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleCard, exampleExercise, exampleFacts } from '../record/examples.ts';
import { lastJudged } from './last-judged.ts';
import { archiveRun } from './run-record.ts';

const id = 'm1.e1.a1';

async function archive(
  ...runs: readonly (readonly [day: string, status: string, proves?: string, only?: string])[]
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [day, status, proves = id, only = ''] of runs) {
    const facts = { ...exampleFacts, startedAt: `${day}T03:12:00.000Z` };
    const exercises = [{ ...exampleExercise, status, card: { ...exampleCard, proves: [proves] } }];
    await archiveRun({ facts, commit: day, only, exercises, leftovers: [] }, folder);
  }
  return folder;
}

test('the last run that had it counts, and the last that proved it is kept beside it', async () => {
  const folder = await archive(
    ['2026-11-20', 'passed'],
    ['2026-11-21', 'passed'],
    ['2026-11-22', 'failed'],
    ['2026-11-23', 'passed', 'm1.e9.a1'],
  );
  const { lastRun, judged } = await lastJudged([id], folder);
  expect(lastRun?.commit).toBe('2026-11-23');
  expect(judged.get(id)?.last).toMatchObject({ run: { commit: '2026-11-22' }, status: { state: 'failed' } });
  expect(judged.get(id)?.proven).toMatchObject({ run: { commit: '2026-11-21' }, status: { state: 'proven' } });
});

test('where no run had it, or none is kept, nothing is known of it', async () => {
  const unknown = { last: undefined, proven: undefined };
  const other = await lastJudged(['m1.e9.a1'], await archive(['2026-11-20', 'passed']));
  expect(other.lastRun?.commit).toBe('2026-11-20');
  expect(other.judged.get('m1.e9.a1')).toEqual(unknown);
  const none = await lastJudged([id], '/nowhere');
  expect(none.lastRun).toBeUndefined();
  expect(none.judged.get(id)).toEqual(unknown);
});

test('a part of the course that has not all that proves an assertion refutes it and does not prove it', async () => {
  const folder = await archive(
    ['2026-11-20', 'passed'],
    ['2026-11-21', 'failed', id, 'a part'],
    ['2026-11-22', 'passed', id, 'a part'],
  );
  const states = async (...paths: readonly string[]) => {
    const specs = [exampleExercise.path, ...paths].map((path) => ({ path, proves: [id] }));
    const { judged } = await lastJudged([id], folder, async () => specs);
    return [judged.get(id)?.last?.run.commit, judged.get(id)?.proven?.run.commit];
  };
  expect(await states()).toEqual(['2026-11-22', '2026-11-22']);
  expect(await states('another')).toEqual(['2026-11-21', '2026-11-20']);
});
