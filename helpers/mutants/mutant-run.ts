import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { reportsDir } from '../system/paths.ts';
import type { MutantEnd } from './verdict.ts';

/** How one exercise took one mutant of its manifests. */
export interface MutantRow extends MutantEnd {
  /** Path of the exercise, e.g. `01-foundation/04-network-policy/01-blocks-the-attacker`. */
  readonly path: string;
  /** Why it may survive, from the file beside the spec; empty where nobody has said so. */
  readonly allowed: string;
}

/** What exercises did with mutants of their manifests, as `make mutants` leaves it for the report. */
export interface MutantRun {
  /** When the last of it was run, ISO 8601. */
  readonly startedAt: string;
  readonly rows: readonly MutantRow[];
}

const file = join(reportsDir, 'mutants.json');

/** A kept run in which the mutants that were tried again are the new ones, and those that no longer exist are gone. */
export function withNewMutants(
  kept: MutantRun | undefined,
  run: MutantRun,
  exists: (row: MutantRow) => boolean,
): MutantRun {
  const isNew = (row: MutantRow) => run.rows.some(({ path, mutant }) => path === row.path && mutant === row.mutant);
  const old = (kept?.rows ?? []).filter((row) => exists(row) && !isNew(row));
  const rows = [...old, ...run.rows];
  return {
    startedAt: run.startedAt,
    rows: rows.toSorted(
      (a, b) => a.path.localeCompare(b.path) || a.mutant.localeCompare(b.mutant, 'en', { numeric: true }),
    ),
  };
}

/** Keeps a run for the report. */
export async function writeMutantRun(run: MutantRun): Promise<void> {
  await writeFile(file, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** The run that was kept; undefined if there is none. */
export async function readMutantRun(): Promise<MutantRun | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as MutantRun);
}

/** A fault to mend: a change that an exercise did not notice and nobody has explained, or one that was not tried out. */
export function isUnexplained({ end, allowed }: MutantRow): boolean {
  return end === 'not met' || (end === 'survived' && allowed === '');
}
