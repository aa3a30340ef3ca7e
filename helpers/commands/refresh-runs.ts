/** The runs that the monthly routine looks at: those that it starts, and the earlier one that it compares with. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { istioReleases } from '../../kind/istio-releases.ts';
import { isSupportedPair, type VersionPair, versionPairs } from '../../kind/versions.ts';
import type { Demo } from '../curriculum/demos.ts';
import { sweepLabs } from '../lab/lab.ts';
import { unlockLab } from '../lab/lock.ts';
import { prepareLab } from '../lab/prepare.ts';
import { earlierRefresh } from '../refresh/kept.ts';
import { compareVersions } from '../refresh/offer.ts';
import { type Rehearsal, rehearseAll } from '../refresh/rehearsals.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { columnOf, type MatrixColumn, readColumn } from '../runs/matrix.ts';
import { lastWhole, readRun, type RunRecord, runFile, runsDir } from '../runs/run-record.ts';
import { EnvironmentProblem, exitCodes, UsageProblem } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { run } from '../system/program.ts';
import type { Progress } from '../system/progress.ts';
import { given } from './variables.ts';

const node = (file: string) => ['--disable-warning=ExperimentalWarning', `helpers/commands/${file}.ts`];

/** Runs the whole course, and returns what it left; red or not. @throws {Problem} if it could not be run */
async function runCourse(): Promise<RunRecord> {
  const began = Date.now();
  const options = { cwd: projectRoot, live: true, endsWithUs: true };
  const { exitCode } = await run(process.execPath, node('course'), options);
  const report = join(reportsDir, 'html');
  if (existsSync(join(report, runFile))) {
    const ended = await readRun(report);
    if (Date.parse(ended.facts.startedAt) >= began) return ended;
  }
  if (exitCode === exitCodes.usage) throw notRun('course');
  throw new EnvironmentProblem('the course left no report', 'make doctor tells what this machine lacks');
}

function notRun(what: string): UsageProblem {
  return new UsageProblem(`the ${what} was not run, because a choice is wrong`, 'correct what stands above');
}

/**
 * Rehearses every demo on a lab, which the course then takes over.
 *
 * @param already the run of the matrix, if it has been one; then the course is not run again
 * @throws {Problem} if the course could not be run
 */
export async function onLab(
  demos: readonly Demo[],
  progress: Progress,
  already: RunRecord | undefined,
): Promise<{ current: RunRecord; rehearsals: Rehearsal[] }> {
  const { engine, lab } = await prepareLab(progress, false);
  // Those who use it claim it, one after another.
  unlockLab();
  try {
    const rehearsals = await rehearseAll(demos, progress);
    return { current: already ?? (await runCourse()), rehearsals };
  } finally {
    if (!lab.kept) await sweepLabs(engine);
  }
}

/** Each release of Istio on the newest Kubernetes that it supports, the default first. */
function newestPairs(): VersionPair[] {
  return istioReleases.flatMap(({ version }) => {
    const supported = versionPairs.filter((pair) => pair.istio === version && isSupportedPair(pair));
    return supported.toSorted((a, b) => compareVersions(b.kubernetes, a.kubernetes)).slice(0, 1);
  });
}

/**
 * What the matrix left of this commit on the newest Kubernetes of each release of Istio, the default first.
 *
 * @param isToRun false where only what has ended is looked at
 * @throws {UsageProblem} if it could not be run
 */
export async function matrix(isToRun: boolean): Promise<MatrixColumn[]> {
  const pairs = newestPairs();
  const began = Date.now();
  if (isToRun) {
    const { PAIRS: named } = given('PAIRS');
    const PAIRS = named ?? pairs.map(({ istio, kubernetes }) => `${istio}-${kubernetes}`).join(' ');
    const options = { cwd: projectRoot, env: { PAIRS }, live: true, endsWithUs: true };
    const { exitCode } = await run(process.execPath, node('matrix'), options);
    if (exitCode === exitCodes.usage) throw notRun('matrix');
  }
  const commit = await commitOfCheckout();
  return Promise.all(
    pairs.map(async (pair) => columnOf(await readColumn(join(reportsDir, 'matrix'), pair), commit, began)),
  );
}

/**
 * The run that a variable names; undefined where it names none.
 *
 * @throws {UsageProblem} if it names no run that is known to have been one
 */
export async function namedRun(variable: 'RUN' | 'AGAINST'): Promise<RunRecord | undefined> {
  const folder = given(variable)[variable];
  if (folder === undefined) return undefined;
  const found = await readRun(resolve(folder));
  if (found.facts.startedAt !== '') return found;
  throw new UsageProblem(
    `${variable}=${folder} has results, and not when they were made`,
    'name the folder of a report, or one of reports/runs',
  );
}

/**
 * The run to compare with: a named one, that of an earlier refresh, or the last whole one that is kept; of it what the
 * current run has too, if that is a part of the course.
 *
 * @param daysBetween days that lie between two refreshes at least
 */
export async function runBefore(
  current: RunRecord,
  daysBetween: number,
  named: RunRecord | undefined,
): Promise<RunRecord | undefined> {
  const found =
    named ?? (await earlierRefresh(current, daysBetween)) ?? (await lastWhole(runsDir, current.facts.startedAt));
  return found === undefined ? undefined : samePart(found, current);
}

/** Of a part of the course, only the same part of an earlier run can be compared. */
function samePart(before: RunRecord, { only, exercises }: RunRecord): RunRecord {
  if (only === '') return before;
  const ran = new Set(exercises.map(({ path }) => path));
  return { ...before, exercises: before.exercises.filter(({ path }) => ran.has(path)) };
}
