import { archivedRuns, readRun, type RunRecord, runsDir } from './run-record.ts';

/**
 * The last run of the whole course that is kept on this machine; undefined where none is.
 *
 * @param folder where runs are kept
 */
export async function lastWhole(folder = runsDir): Promise<RunRecord | undefined> {
  for (const kept of (await archivedRuns(folder)).toReversed()) {
    const run = await readRun(kept);
    if (run.only === '') return run;
  }
  return undefined;
}
