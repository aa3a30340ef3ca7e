import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { exampleFacts } from '../record/examples.ts';
import { earlierRefresh, keepRefresh } from './kept.ts';

const folder = await mkdtemp(join(tmpdir(), 'refreshes-'));
afterAll(() => rm(folder, { recursive: true }));
const on = (day: string, only = '') => ({
  facts: { ...exampleFacts, startedAt: `${day}T02:00:00.000Z` },
  commit: day,
  only,
  exercises: [],
  leftovers: [],
});

test('a month is compared with the one before, a quarter with its own, and a year is kept', async () => {
  expect(await earlierRefresh(on('2026-01-01'), 20, folder)).toBeUndefined();
  const months = Array.from({ length: 14 }, (_, month) =>
    new Date(Date.UTC(2026, month, 1)).toISOString().slice(0, 10),
  );
  for (const month of months) await keepRefresh(on(month), folder);
  await keepRefresh(on('2027-02-02', 'm1.e4'), folder);
  expect(await readdir(folder)).toHaveLength(13);
  expect((await earlierRefresh(on('2027-03-01'), 20, folder))?.commit).toBe('2027-02-01');
  expect((await earlierRefresh(on('2027-02-01'), 20, folder))?.commit).toBe('2027-01-01');
  expect((await earlierRefresh(on('2027-01-01'), 80, folder))?.commit).toBe('2026-10-01');
  // Where nothing is old enough, the oldest is better than nothing.
  expect((await earlierRefresh(on('2026-02-10'), 80, folder))?.commit).toBe('2026-02-01');
});
