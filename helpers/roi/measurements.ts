import { readFile } from 'node:fs/promises';

import { UsageProblem } from '../problem.ts';
import { Fields } from './fields.ts';
import type { Inputs } from './inputs.ts';

/** One figure that an exercise of this suite measured. */
export interface Measurement {
  /** Assertion that measured it, e.g. `m5.e3.a1`. */
  readonly exercise: string;
  readonly value: number;
  readonly unit: string;
  /** The run it comes from, e.g. when it ran or the address of its report. */
  readonly run: string;
}

/** What exercises of this suite can say about the figures of the workshop. */
export const measurable = [
  { exercise: 'm5.e3.a1', what: 'Taking all traffic off a bad version', unit: 'seconds' },
  { exercise: 'm6.e4.a3', what: 'From the first failed call of an incident until it is repaired', unit: 'seconds' },
  { exercise: 'm2.e4.a7', what: 'From installing the dashboard to the first edge on it', unit: 'seconds' },
  { exercise: 'x.12', what: 'What a sidecar adds to a call, at the 99th percentile', unit: 'milliseconds' },
] as const;

const anything = [0, Number.MAX_SAFE_INTEGER] as const;

/**
 * Reads `{ "measurements": [{ "exercise", "value", "unit", "run" }] }`, as the exercises left it; none where no run has.
 *
 * @throws {UsageProblem} if the file is there but is not of that form
 */
export async function readMeasurements(file: string): Promise<Measurement[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  return new Fields(parse(text, file), file).whole((fields) =>
    fields.each('measurements', (entry) => ({
      exercise: entry.text('exercise'),
      value: entry.number('value', anything),
      unit: entry.text('unit'),
      run: entry.text('run'),
    })),
  );
}

/** The inputs with the recovery time that was measured, where the inputs name an exercise for it and it has run. */
export function withMeasured(inputs: Inputs, measurements: readonly Measurement[]): Inputs {
  const { recoverySeconds } = inputs.dora;
  const found = measurements.find(({ exercise }) => exercise === recoverySeconds.measuredBy);
  if (found === undefined) return inputs;
  if (found.unit !== 'seconds') {
    throw new UsageProblem(
      `${found.exercise} was measured in ${found.unit}; accepted for dora.recoverySeconds: seconds`,
      'name an exercise that measures seconds in dora.recoverySeconds.measuredBy',
    );
  }
  const measured = { ...recoverySeconds, after: found.value, basis: 'measured' as const };
  return { ...inputs, dora: { ...inputs.dora, recoverySeconds: measured } };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageProblem(`${file} is no JSON`, `remove ${file}; the next run writes it again`);
  }
}
