import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { emptyRecord, type RecordedExercise, readRecordedExercises } from '../record/record.ts';
import { type RunFacts, unknownFacts } from '../record/run-facts.ts';
import { UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';

/** A finished run as data: what it ran on, and what each exercise measured. Lies beside the run's report. */
export interface RunRecord {
  readonly facts: RunFacts;
  /** Commit of the course, with `+` behind it where files had been changed; empty outside a checkout. */
  readonly commit: string;
  /** What ONLY chose; empty for the whole course. */
  readonly only: string;
  readonly exercises: readonly RecordedExercise[];
  /** What was wrong after the last lesson, one sentence each. */
  readonly leftovers: readonly string[];
}

/** Name of the file beside a report. */
export const runFile = 'run.json';

/** Folder that keeps the data of the last runs, each in a folder named by its start. */
export const runsDir = join(reportsDir, 'runs');
const keptRuns = 30;

/** Writes a run's data into a folder. */
export async function writeRun(folder: string, run: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, runFile), JSON.stringify(run, undefined, 1));
}

/** Keeps a run's data after the next run has overwritten its report; the oldest of many are removed. Returns the folder. */
export async function archiveRun(run: RunRecord, folder = runsDir): Promise<string> {
  const kept = join(folder, run.facts.startedAt.slice(0, 19).replaceAll(':', ''));
  await writeRun(kept, run);
  const old = (await archivedRuns(folder)).slice(0, -keptRuns);
  await Promise.all(old.map((path) => rm(path, { recursive: true })));
  return kept;
}

/** Folders of the runs that are kept, oldest first. */
export async function archivedRuns(folder = runsDir): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).toSorted().map((name) => join(folder, name));
}

/**
 * Reads what a finished run left: the folder of its report, or a folder of Allure results, which has no facts.
 *
 * @throws {UsageProblem} if the folder is neither, or holds no exercise
 */
export async function readRun(folder: string): Promise<RunRecord> {
  const file = join(folder, runFile);
  if (existsSync(file)) {
    const run = JSON.parse(await readFile(file, 'utf8')) as RunRecord;
    // An earlier release of the project may have told less.
    return { ...run, exercises: run.exercises.map((exercise) => Object.assign({}, emptyRecord, exercise)) };
  }
  const exercises = existsSync(folder) ? await readRecordedExercises(folder) : [];
  if (exercises.length === 0) {
    throw new UsageProblem(
      `${folder} holds no finished run`,
      'name a folder of reports/runs, or one of Allure results',
    );
  }
  return { facts: unknownFacts, commit: '', only: '', exercises, leftovers: [] };
}
