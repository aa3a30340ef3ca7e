import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Measured } from '../record/observation.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { Fields } from './fields.ts';
import type { Inputs } from './inputs.ts';

/** One figure that an exercise of this suite measured, and the run that it comes from. */
export interface Measurement extends Measured {
  /** When the run began, ISO 8601. */
  readonly run: string;
}

/** Where a run leaves what it measured. */
export const measurementsFile = join(reportsDir, 'measurements.json');

const anything = [0, Number.MAX_SAFE_INTEGER] as const;

/**
 * Reads `{ "measurements": [{ "exercise", "what", "value", "unit", "run" }] }`, as the exercises left it; none where no run has.
 *
 * @throws {UsageProblem} if the file is there but is not of that form
 */
export async function readMeasurements(file: string): Promise<Measurement[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  return new Fields(parse(text, file), file).whole((fields) =>
    // A run that measured nothing, with none before it, leaves an empty list.
    fields.eachOrNone('measurements', (entry) => ({
      exercise: entry.text('exercise'),
      what: entry.text('what'),
      value: entry.number('value', anything),
      unit: entry.text('unit'),
      run: entry.text('run'),
    })),
  );
}

/** What the exercises of a run measured that passed: what a red one measured on its way proves nothing. */
export function measurementsOf({ facts, exercises }: Measuring): Measurement[] {
  return exercises
    .filter(({ status }) => status === 'passed')
    .flatMap(({ measurements = [] }) =>
      measurements.map((measured) => Object.assign({ run: facts.startedAt }, measured)),
    );
}

/** Of a run, what its figures are taken from. */
type Measuring = Pick<RunRecord, 'facts' | 'exercises'>;

/**
 * Leaves what a run measured in the form that `readMeasurements` reads. What it did not judge stays as an earlier run measured
 * it; what was red in it is measured no longer.
 */
export async function writeMeasurements(file: string, run: Measuring): Promise<void> {
  const judged = new Set(
    run.exercises.flatMap(({ status, card, measurements = [] }) => [
      ...measurements.map(({ exercise }) => exercise),
      ...(status === 'passed' || status === 'skipped' ? [] : (card?.proves ?? [])),
    ]),
  );
  // A file that cannot be read is written anew.
  const before = await readMeasurements(file).catch((): Measurement[] => []);
  const measurements = [...before.filter(({ exercise }) => !judged.has(exercise)), ...measurementsOf(run)];
  await writeFile(file, `${JSON.stringify({ measurements }, undefined, 2)}\n`);
}

/** The inputs with the recovery time that was measured, where the inputs name an exercise for it and it has run. */
export function withMeasured(inputs: Inputs, measurements: readonly Measurement[]): Inputs {
  const { dora } = inputs;
  const found = measurements.find(({ exercise }) => exercise === dora?.recoverySeconds.measuredBy);
  if (dora === undefined || found === undefined) return inputs;
  if (found.unit !== 'seconds') {
    throw new UsageProblem(
      `${found.exercise} was measured in ${found.unit}; accepted for dora.recoverySeconds: seconds`,
      'name an exercise that measures seconds in dora.recoverySeconds.measuredBy',
    );
  }
  const recoverySeconds = { ...dora.recoverySeconds, after: found.value, basis: 'measured' as const };
  return { ...inputs, dora: { ...dora, recoverySeconds } };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageProblem(`${file} is no JSON`, `remove ${file}; the next run writes it again`);
  }
}
