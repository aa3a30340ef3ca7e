import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { reportsDir } from '../places.ts';
import type { FaultCell } from './verdict.ts';

/** What lessons did while something else was broken, as `make faults` leaves it for the report. */
export interface FaultRun {
  /** When it began, ISO 8601. */
  readonly startedAt: string;
  readonly faults: readonly { readonly name: string; readonly says: string }[];
  readonly cells: readonly FaultCell[];
}

const file = join(reportsDir, 'faults.json');

/** Keeps a run for the report. */
export async function writeFaultRun(run: FaultRun): Promise<void> {
  await writeFile(file, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** The last run that was kept; undefined if there is none. */
export async function readFaultRun(): Promise<FaultRun | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as FaultRun);
}
