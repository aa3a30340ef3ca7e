/** What a learner did and can explain: one line of JSON for each time, in the state folder of the checkout. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { stateDir } from '../system/paths.ts';

/** How far a learner could explain something, by their own judgement. */
export type Explained = 'yes' | 'partly' | 'no';

/** Something that a learner did; `date` is when, ISO 8601. */
export type ProgressEntry =
  /** Exercises that they ran, by the ids of what held and of what did not. */
  | {
      readonly kind: 'ran';
      readonly date: string;
      readonly held: readonly string[];
      readonly failed: readonly string[];
    }
  /** Questions that they answered about a module or an exercise. */
  | {
      readonly kind: 'explained';
      readonly date: string;
      readonly id: string;
      readonly answers: readonly { readonly question: string; readonly answer: string }[];
      readonly verdict: Explained;
    }
  /** A talk with a customer that they practised to its end. */
  | {
      readonly kind: 'played';
      readonly date: string;
      readonly scenario: string;
      readonly points: number;
      readonly traps: number;
      readonly passed: boolean;
      /** Ids of results that they named. */
      readonly used: readonly string[];
    }
  /** A drill in which they looked for a fault; milliseconds until it was named, or until they gave up. */
  | {
      readonly kind: 'drilled';
      readonly date: string;
      readonly named: boolean;
      readonly elapsedMs: number;
      readonly guesses: number;
      readonly hints: number;
    }
  /** A demo that they presented; `live` where everything held without a recording. */
  | { readonly kind: 'presented'; readonly date: string; readonly demo: string; readonly live: boolean };

/** Where it is kept. It is read by the commands for its owner alone, and by no report. */
export const progressFile = join(stateDir, 'progress.jsonl');

/** What was done so far, oldest first; empty lines, and one that an interrupted command left half written, are passed over. */
export async function readProgress(file = progressFile): Promise<ProgressEntry[]> {
  if (!existsSync(file)) return [];
  return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as ProgressEntry;
      return kinds.has(entry.kind) ? [entry] : [];
    } catch {
      return [];
    }
  });
}

/** Adds something that was done. Nobody but the owner of the file may read it. */
export async function addProgress(entry: ProgressEntry, file = progressFile): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // Behind half a line it would be unreadable too.
  await appendFile(file, `\n${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** Forgets all of it. */
export async function forgetProgress(file = progressFile): Promise<void> {
  await rm(file, { force: true });
}

/** True where a person sits at the terminal: what a nightly job runs is nobody's progress. */
export function isOwn(
  terminal: { readonly isTTY?: boolean } = process.stdout,
  { CI, PRESENT }: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return terminal.isTTY === true && (CI ?? '') === '' && PRESENT !== 'auto';
}

const kinds: ReadonlySet<string> = new Set<ProgressEntry['kind']>([
  'ran',
  'explained',
  'played',
  'drilled',
  'presented',
]);
