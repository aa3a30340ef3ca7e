import type { RecordedExercise } from '../record/record.ts';
import { archivedRuns, readRun, type RunRecord, runsDir } from './run-record.ts';

/** An exercise that passed, and the run in which it did. */
export interface GreenRun extends Pick<RunRecord, 'facts' | 'commit'> {
  readonly exercise: RecordedExercise;
}

/**
 * The last run of this machine in which an exercise passed, of those that are kept; undefined where it never did.
 *
 * @param path identity of the exercise
 * @param folder where runs are kept
 */
export async function lastGreen(path: string, folder = runsDir): Promise<GreenRun | undefined> {
  for (const kept of (await archivedRuns(folder)).toReversed()) {
    const { facts, commit, exercises } = await readRun(kept);
    const exercise = exercises.find((each) => each.path === path && each.status === 'passed');
    if (exercise !== undefined) return { facts, commit, exercise };
  }
  return undefined;
}
