import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readExerciseResults } from './results.ts';

const result = (uuid: string, historyId: string, start: number, status: string) => ({
  uuid,
  historyId,
  name: historyId,
  status,
  start,
  stop: start + 1,
  labels: [
    { name: 'epic', value: '01 Foundation' },
    { name: 'story', value: historyId },
  ],
});

test('an exercise that was run again by itself counts once, as it ended the last time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'results-'));
  try {
    const all = [result('a', '01/10', 5, 'passed'), result('b', '01/2', 1, 'failed'), result('c', '01/2', 9, 'passed')];
    for (const each of all) await writeFile(join(folder, `${each.uuid}-result.json`), JSON.stringify(each));
    const found = await readExerciseResults(folder);
    expect(found.map(({ path, status }) => `${path} ${status}`)).toEqual(['01/2 passed', '01/10 passed']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
