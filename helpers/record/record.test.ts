import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { exampleObservation } from './examples.ts';
import { deadlineShare, readRecordedExercises, recordName, timeToEffect } from './record.ts';

const labels = [
  { name: 'epic', value: '01 Foundation' },
  { name: 'story', value: 'NetworkPolicy blocks' },
];
const record = {
  observations: [],
  findings: [{ step: 'After', claim: 'two endpoints', evidence: '2' }],
  waits: [],
};

async function resultsWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  return folder;
}

test('reads what an exercise measured from the attachment, however deep among the steps it hangs', async () => {
  const steps = [{ name: 'outer', steps: [{ name: 'x', attachments: [{ name: recordName, source: 'r.json' }] }] }];
  const folder = await resultsWith({
    'a-result.json': { uuid: 'a', name: 'n', historyId: '01-a/02-b', status: 'passed', labels, steps },
    'r.json': record,
  });
  expect(await readRecordedExercises(folder)).toMatchObject([{ path: '01-a/02-b', findings: record.findings }]);
});

test('an exercise that ended before it had a record counts with its whole message and no waits', async () => {
  const folder = await resultsWith({
    'a-result.json': { uuid: 'a', name: 'n', status: 'broken', labels, statusDetails: { message: 'first\nsecond' } },
  });
  expect(await readRecordedExercises(folder)).toMatchObject([
    { status: 'broken', reason: 'first', message: 'first\nsecond', waits: [] },
  ]);
});

test('the share of a deadline is one where the wait ran out', () => {
  expect(deadlineShare({ waitedMs: 30_000, deadlineMs: 30_000 })).toBe(1);
  expect(deadlineShare({ waitedMs: 3_000, deadlineMs: 30_000 })).toBeCloseTo(0.1);
});

test('the time to effect is the longest wait of a call after the first change', () => {
  const manifests = [{ file: '20-policy.yaml', yaml: '', step: 'The policy' }];
  const before = { ...exampleObservation, waitedMs: 29_000 };
  const after = { ...exampleObservation, changed: true, waitedMs: 1_234.4 };
  expect(timeToEffect({ observations: [before, after], manifests })).toBe(1_234);
  expect(timeToEffect({ observations: [before], manifests })).toBeUndefined();
  expect(timeToEffect({ observations: [after], manifests: [] })).toBeUndefined();
});
