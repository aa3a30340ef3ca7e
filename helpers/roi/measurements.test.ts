import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { exampleCard, exampleExercise, exampleFacts } from '../record/examples.ts';
import { documents } from './documents/all.ts';
import { readExample } from './example.ts';
import { measurementsOf, readMeasurements, withMeasured, writeMeasurements } from './measurements.ts';

const folder = await mkdtemp(join(tmpdir(), 'measurements-'));
afterAll(() => rm(folder, { recursive: true }));
const file = join(folder, 'measurements.json');
const inputs = await readExample();
const measured = {
  exercise: 'm2.e7.a5',
  what: 'From the rollback to the last failed call',
  value: 1.5,
  unit: 'seconds',
};
const rollback = { ...measured, run: '2026-01-02T03:04Z' };
const ran = (...measurements: readonly (typeof measured)[]) => ({
  facts: { ...exampleFacts, startedAt: rollback.run },
  exercises: [{ ...exampleExercise, card: { ...exampleCard, proves: ['m2.e7.a5'] }, measurements }],
});
const dora = (...args: Parameters<typeof documents>) => documents(...args).get('dora-metrics-improvement.md');
const value = (...args: Parameters<typeof documents>) => documents(...args).get('marcus-service-mesh-value.md');

test('what was measured takes the place of what was assumed, and names exercise and run', async () => {
  await writeMeasurements(file, ran(measured));
  const read = await readMeasurements(file);
  expect(read).toEqual([rollback]);
  expect(dora(inputs, read)).toContain('After: 1.5 seconds (measured by m2.e7.a5, run 2026-01-02T03:04Z)');
  expect(value(inputs, read)).toContain('- measured: recovery time');
  expect(value(inputs, read)).toContain('(m2.e7.a5): 1.5 seconds, run 2026-01-02T03:04Z');
});

test('where no run has measured, the assumption stays and says so', async () => {
  const none = await readMeasurements(join(folder, 'missing.json'));
  expect(none).toEqual([]);
  expect(dora(inputs, none)).toContain('After: 30 seconds (assumed; m2.e7.a5: not measured in this run)');
  expect(value(inputs, none)).toContain('- measured: none');
});

test('a time in another unit is refused rather than read as seconds', () => {
  expect(() => withMeasured(inputs, [{ ...rollback, unit: 'milliseconds' }])).toThrow('accepted');
});

test('a file that is not of the form is a problem of usage', async () => {
  await writeFile(file, '{');
  await expect(readMeasurements(file)).rejects.toThrow('is no JSON');
  await writeFile(file, JSON.stringify({ measurements: [{ ...rollback, value: 'fast' }] }));
  await expect(readMeasurements(file)).rejects.toThrow('measurements[0].value is "fast"');
});

test('what a run did not judge stays as it was measured, and what was red in it does not', async () => {
  const kept = join(folder, 'kept.json');
  const alert = { ...measured, exercise: 'm6.e4.a3' };
  await writeMeasurements(kept, ran(measured));
  await writeMeasurements(kept, ran(alert));
  expect((await readMeasurements(kept)).map(({ exercise }) => exercise)).toEqual(['m2.e7.a5', 'm6.e4.a3']);
  await writeMeasurements(kept, ran({ ...alert, value: 3 }));
  expect((await readMeasurements(kept)).map((each) => each.value)).toEqual([1.5, 3]);
  const red = ran(measured);
  const failed = { ...red, exercises: red.exercises.map((each) => Object.assign({}, each, { status: 'failed' })) };
  expect(measurementsOf(failed)).toEqual([]);
  await writeMeasurements(kept, failed);
  expect((await readMeasurements(kept)).map(({ exercise }) => exercise)).toEqual(['m6.e4.a3']);
  await writeFile(kept, '{');
  await writeMeasurements(kept, ran(measured));
  expect(await readMeasurements(kept)).toEqual([rollback]);
});

test('a run that measured nothing, with none before it, leaves a file that can be read', async () => {
  const empty = join(folder, 'empty.json');
  await writeMeasurements(empty, ran());
  expect(await readMeasurements(empty)).toEqual([]);
});
