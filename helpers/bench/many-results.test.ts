import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { readResultFiles } from '../record/results.ts';
import { multiplyResults } from './many-results.ts';

test('makes of each exercise several, with attachments of their own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'many-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const labels = ['epic', 'feature', 'story'].map((name) => ({ name, value: 'x' }));
  const steps = [{ name: 's', attachments: [{ name: 'whole output', source: 'a.txt' }] }];
  const result = { uuid: 'u', name: 'n', historyId: '01/02', status: 'passed', labels, steps };
  await writeFile(join(folder, 'u-result.json'), JSON.stringify(result));
  await writeFile(join(folder, 'a.txt'), 'seen');
  const many = join(folder, 'many');
  expect(await multiplyResults(folder, many, 3)).toBe(3);
  const results = await readResultFiles(many);
  expect(results.map(({ historyId }) => historyId)).toEqual(['01/02', '01/02-1', '01/02-2']);
  for (const copy of [0, 1, 2]) expect(await readFile(join(many, `${copy}-a.txt`), 'utf8')).toBe('seen');
});
