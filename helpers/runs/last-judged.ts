import { type AssertionStatus, assertionStatus } from '../curriculum/coverage.ts';
import { readSteppedSpecs } from '../curriculum/deciding-steps.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import type { RecordedExercise } from '../record/record.ts';
import { asFarAsItProves, type ProvingSpecs } from './part.ts';
import { archivedRuns, readRun, type RunRecord, runsDir } from './run-record.ts';

/** A run that had exercises which prove an assertion, and what came of them. */
export interface Judgement {
  readonly run: RunRecord;
  readonly status: AssertionStatus;
  /** Its exercises that prove the assertion. */
  readonly exercises: readonly RecordedExercise[];
}

/** How an assertion stands by the runs that are kept on this machine. */
export interface Judged {
  /** The last run that had an exercise for it; undefined where none did. */
  readonly last: Judgement | undefined;
  /** The last run that proved it; undefined where none did. */
  readonly proven: Judgement | undefined;
}

/**
 * How assertions stand, and when each was last proven; by a part of the course only where it had all that proves one.
 *
 * @param ids of assertions that exercises assert
 * @param folder where runs are kept
 * @param specs what specs prove
 * @returns the last run of all, undefined where none is kept, and each assertion by its id
 */
export async function lastJudged(
  ids: readonly string[],
  folder = runsDir,
  specs: () => Promise<ProvingSpecs> = readSteppedSpecs,
): Promise<{ readonly lastRun: RunRecord | undefined; readonly judged: ReadonlyMap<string, Judged> }> {
  const judged = new Map<string, Judged>(ids.map((id) => [id, { last: undefined, proven: undefined }]));
  let lastRun: RunRecord | undefined;
  const proving = await specs();
  for (const kept of (await archivedRuns(folder)).toReversed()) {
    const open = [...judged].filter(([, { proven }]) => proven === undefined);
    if (open.length === 0) break;
    const run = asFarAsItProves(await readRun(kept), proving);
    lastRun ??= run;
    for (const [id, { last }] of open) {
      const judgement = judge(id, run);
      if (judgement === undefined) continue;
      judged.set(id, {
        last: last ?? judgement,
        proven: judgement.status.state === 'proven' ? judgement : undefined,
      });
    }
  }
  return { lastRun, judged };
}

function judge(id: string, run: RunRecord): Judgement | undefined {
  const exercises = run.exercises.filter(({ card }) => card?.proves.includes(id) === true);
  if (exercises.length === 0) return undefined;
  return { run, exercises, status: assertionStatus(id, exercises.map(assertionResultOf)) };
}
