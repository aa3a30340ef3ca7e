import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { readSteppedSpecs } from '../curriculum/deciding-steps.ts';
import { UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { asFarAsItProves, type ProvingSpecs } from './part.ts';
import { archivedRuns, isSupported, lastWhole, readRun, runFile, type RunRecord, runsDir } from './run-record.ts';

/** Where runs are kept, where the results of the last one lie, and what specs prove. */
interface Places {
  readonly folder?: string;
  readonly results?: string;
  readonly specs?: () => Promise<ProvingSpecs>;
}

/**
 * The run that evidence is taken from: the last one of the whole course on this machine, of those that are kept. Where
 * there is none, the last one of a part of it, as far as it proves something; undefined where the course was never run.
 */
export async function lastCourse({
  folder = runsDir,
  results = join(reportsDir, 'allure-results'),
  specs = readSteppedSpecs,
}: Places = {}): Promise<RunRecord | undefined> {
  const whole = await lastWhole(folder);
  if (whole !== undefined) return whole;
  const kept = existsSync(join(results, runFile)) ? [results] : [];
  for (const each of [...kept, ...(await archivedRuns(folder)).toReversed()]) {
    const run = await readRun(each);
    if (isSupported(run)) return asFarAsItProves(run, await specs());
  }
  return undefined;
}

/**
 * The run that somebody named by a folder, as of a report that was sent, as far as it proves something; without a folder,
 * {@link lastCourse}.
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
  return asFarAsItProves(await readRun(folder), await readSteppedSpecs());
}

/** Runs since then that evidence is not taken from, the last first; of several of one part, the last. */
export async function notCounted({ facts }: RunRecord, folder = runsDir): Promise<RunRecord[]> {
  const later = (await archivedRuns(folder)).toReversed();
  const found: RunRecord[] = [];
  for (const kept of later) {
    const run = await readRun(kept);
    if (run.facts.startedAt <= facts.startedAt) break;
    if (!found.some(({ only }) => only === run.only)) found.push(run);
  }
  return found;
}
