import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { emptyRecord, type RecordedExercise, readRecordedExercises } from '../record/record.ts';
import { type RunFacts, unknownFacts } from '../record/run-facts.ts';
import { UsageProblem } from '../system/errors.ts';
import { readJson } from '../system/json.ts';
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

/** Writes a run's data into a folder, all of it or nothing. */
export async function writeRun(folder: string, run: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, runFile);
  await writeFile(`${file}.new`, JSON.stringify(run, undefined, 1));
  await rename(`${file}.new`, file);
}

/**
 * Keeps a run's data after the next run has overwritten its report; the oldest of many are removed, but never the last whole
 * one, which evidence is taken from. Returns the folder.
 */
export async function archiveRun(run: RunRecord, folder = runsDir): Promise<string> {
  const kept = folderOf(run, folder);
  await writeRun(kept, run);
  const old = (await archivedRuns(folder)).slice(0, -keptRuns);
  const whole = old.length === 0 ? undefined : await lastWhole(folder);
  const stays = whole === undefined ? '' : folderOf(whole, folder);
  await Promise.all(old.filter((path) => path !== stays).map((path) => rm(path, { recursive: true })));
  return kept;
}

/** Folders of the runs that are kept, oldest first. */
export async function archivedRuns(folder = runsDir): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const folders = (await readdir(folder)).toSorted().map((name) => join(folder, name));
  return folders.filter((each) => existsSync(join(each, runFile)));
}

function folderOf({ facts }: RunRecord, folder: string): string {
  return join(folder, facts.startedAt.slice(0, 19).replaceAll(':', ''));
}

/** False where somebody insisted on versions that Istio does not support: such a run says nothing of the course. */
export function isSupported({ facts }: RunRecord): boolean {
  return facts.choices['UNSUPPORTED'] !== 'yes';
}

/**
 * The last run of the whole course that is kept on this machine; undefined where none is.
 *
 * @param folder where runs are kept
 * @param before ISO 8601; only runs that began before that are looked at
 */
export async function lastWhole(folder = runsDir, before?: string): Promise<RunRecord | undefined> {
  for (const kept of (await archivedRuns(folder)).toReversed()) {
    const run = await readRun(kept);
    if (run.only === '' && isSupported(run) && (before === undefined || run.facts.startedAt < before)) return run;
  }
  return undefined;
}

/**
 * Reads what a finished run left: the folder of its report, or a folder of Allure results, which has no facts.
 *
 * @throws {UsageProblem} if the folder is neither, or holds no exercise, or something else by the name of a run
 */
export async function readRun(folder: string): Promise<RunRecord> {
  const file = join(folder, runFile);
  if (existsSync(file)) {
    const next = 'name another folder, or remove this one: no run has left it so';
    const run = await readJson<RunRecord>(file, next);
    if (!Array.isArray(run.exercises) || typeof run.facts !== 'object' || run.facts === null)
      throw new UsageProblem(`${file} is no record of a run`, next);
    // An earlier release of the project may have told less.
    return {
      ...run,
      facts: { ...unknownFacts, ...run.facts },
      exercises: run.exercises.map((exercise) => Object.assign({}, emptyRecord, exercise)),
    };
  }
  const exercises = (await isFolder(folder)) ? await readRecordedExercises(folder) : [];
  if (exercises.length === 0) {
    throw new UsageProblem(
      `${folder} holds no finished run`,
      'name a folder of reports/runs, or one of Allure results',
    );
  }
  return { facts: unknownFacts, commit: '', only: '', exercises, leftovers: [] };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
