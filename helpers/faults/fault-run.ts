import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { reportsDir } from '../system/paths.ts';
import type { FaultCell } from './verdict.ts';

/** A fault that lessons were run under. */
export interface FaultRow {
  readonly name: string;
  readonly says: string;
  /** When its lessons began, ISO 8601. */
  readonly startedAt: string;
}

/** What lessons did while something else was broken, as `make faults` leaves it for the report. */
export interface FaultRun {
  readonly faults: readonly FaultRow[];
  readonly cells: readonly FaultCell[];
}

const file = join(reportsDir, 'faults.json');

/**
 * A kept grid in which the rows that were run again are the new ones.
 *
 * @param all names of all faults, in their order
 */
export function withNewRows(kept: FaultRun | undefined, run: FaultRun, all: readonly string[]): FaultRun {
  const isNew = (name: string) => run.faults.some((fault) => fault.name === name);
  const rows = [...run.faults, ...(kept?.faults ?? []).filter(({ name }) => !isNew(name))];
  return {
    faults: all.flatMap((name) => rows.filter((row) => row.name === name)),
    cells: [...run.cells, ...(kept?.cells ?? []).filter((cell) => !isNew(cell.fault))],
  };
}

/** Keeps a run for the report. */
export async function writeFaultRun(run: FaultRun): Promise<void> {
  await writeFile(file, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** The grid that was kept, whole or in part; undefined if there is none. */
export async function readFaultRun(): Promise<FaultRun | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : faultRunOf(text);
}

/** The grid in a file's text; undefined if an older release wrote it: then it is as if there were none. */
export function faultRunOf(text: string): FaultRun | undefined {
  const found = JSON.parse(text) as Partial<FaultRun>;
  const dated = found.cells !== undefined && found.faults?.every(({ startedAt }) => typeof startedAt === 'string');
  return dated === true ? (found as FaultRun) : undefined;
}
