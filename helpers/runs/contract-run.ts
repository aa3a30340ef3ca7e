import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { reportsDir } from '../system/paths.ts';

/** How one contract was found. */
export interface ContractResult {
  readonly name: string;
  readonly image: string;
  readonly expected: string;
  /** What was seen, one line. */
  readonly seen: string;
  readonly state: 'holds' | 'broken' | 'not asked';
  /** Exercises that rely on it, and what else does. */
  readonly usedBy: readonly string[];
}

/** What a run of `make contracts` found, kept for the report. */
export interface ContractRun {
  /** When it began, ISO 8601. */
  readonly startedAt: string;
  /** Where the images came from: assembled, upstream or cluster. */
  readonly imageSource: string;
  readonly results: readonly ContractResult[];
}

const file = join(reportsDir, 'contracts.json');

/** Keeps a run for the report. */
export async function writeContractRun(run: ContractRun): Promise<void> {
  await writeFile(file, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** The run that was kept; undefined if there is none. */
export async function readContractRun(): Promise<ContractRun | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ContractRun);
}

/** What was seen as one line of at most so many characters. */
export function inOneLine(seen: string, most = 160): string {
  const line = seen.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
