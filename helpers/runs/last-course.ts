import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { archivedRuns, readRun, runFile, type RunRecord, runsDir } from './run-record.ts';

/**
 * The run that evidence is taken from: the last one of the whole course on this machine, of those that are kept. Where
 * there is none, the last one of a part of it; undefined where the course was never run.
 *
 * @param folder where runs are kept
 * @param results where the results of the last run lie
 */
export async function lastCourse(
  folder = runsDir,
  results = join(reportsDir, 'allure-results'),
): Promise<RunRecord | undefined> {
  let last = existsSync(join(results, runFile)) ? await readRun(results) : undefined;
  for (const kept of (await archivedRuns(folder)).toReversed()) {
    const run = await readRun(kept);
    if (run.only === '') return run;
    last ??= run;
  }
  return last;
}

/**
 * The run that somebody named by a folder, as of a report that was sent; without a folder, {@link lastCourse}.
 *
 * @throws {UsageProblem} if the folder holds no run
 */
export async function namedCourse(folder: string | undefined): Promise<RunRecord | undefined> {
  if (folder === undefined || folder === '') return lastCourse();
  if (!existsSync(join(folder, runFile))) {
    throw new UsageProblem(
      `RUN=${folder} holds no finished run`,
      'name the folder of a report, e.g. RUN=reports/html, or leave it out',
    );
  }
  return readRun(folder);
}
