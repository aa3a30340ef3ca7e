import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleFacts } from '../record/examples.ts';
import { lastWhole } from './last-whole.ts';
import { archiveRun } from './run-record.ts';

test('the last run of the whole course is found, not a later one of a part', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'runs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await lastWhole(folder)).toBeUndefined();
  for (const [day, only] of [
    ['2026-11-20', ''],
    ['2026-11-21', ''],
    ['2026-11-22', 'm1.e4'],
  ] as const) {
    const facts = { ...exampleFacts, startedAt: `${day}T03:12:00.000Z` };
    await archiveRun({ facts, commit: day, only, exercises: [], leftovers: [] }, folder);
  }
  expect(await lastWhole(folder)).toMatchObject({ commit: '2026-11-21' });
});
