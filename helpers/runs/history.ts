import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { deadlineShare } from '../record/record.ts';
import { reportsDir } from '../system/paths.ts';
import type { RunRecord } from './run-record.ts';

/** One run of the course, one line of the history: enough to tell a flaky exercise from a broken one. */
export interface HistoryLine {
  /** Start of the run, ISO 8601. */
  readonly date: string;
  readonly commit: string;
  /** What ONLY chose; empty for the whole course. */
  readonly only: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly provider: string;
  readonly images: string;
  readonly seconds: number;
  readonly exercises: readonly HistoryExercise[];
}

/** An exercise of a run in the history. */
export interface HistoryExercise {
  readonly path: string;
  /** Allure's word: passed, failed, broken, skipped. */
  readonly status: string;
  readonly seconds: number;
  /** Why it was skipped or what went wrong, one line; left out where it passed. */
  readonly reason?: string;
  readonly waits: readonly { readonly reason: string; readonly seconds: number; readonly share: number }[];
}

/** The history: one line of JSON per run. Not Allure's own, which keeps no waits. Carried from night to night. */
export const historyFile = join(reportsDir, 'runs.jsonl');

/** What the history keeps of a run. */
export function historyLine({ facts, commit, only, exercises }: RunRecord): HistoryLine {
  return {
    date: facts.startedAt,
    commit,
    only,
    versions: facts.versions,
    provider: facts.provider,
    images: facts.imageSource,
    seconds: inSeconds(facts.durationMs),
    exercises: exercises.map(({ path, status, durationMs, reason, waits }) => ({
      path,
      status,
      seconds: inSeconds(durationMs),
      ...(reason === '' ? {} : { reason }),
      waits: waits.map((wait) => ({
        reason: wait.reason,
        seconds: inSeconds(wait.waitedMs),
        share: Number(deadlineShare(wait).toFixed(3)),
      })),
    })),
  };
}

/** Appends a run. */
export async function appendHistory(run: RunRecord, file = historyFile): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(historyLine(run))}\n`);
}

/** The runs so far, oldest first; a line that an interrupted run left half written is passed over. */
export async function readHistory(file = historyFile): Promise<HistoryLine[]> {
  if (!existsSync(file)) return [];
  return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as HistoryLine];
    } catch {
      return [];
    }
  });
}

/** An exercise that passed in some runs of the same commit and versions and failed in others. */
export interface Flake {
  readonly path: string;
  readonly passed: number;
  readonly runs: number;
}

/** Exercises that ended both ways although neither the course nor what it ran on differed. */
export function flakes(history: readonly HistoryLine[]): Flake[] {
  const worlds = Map.groupBy(history, ({ commit, versions, provider, images }) =>
    JSON.stringify([commit, versions, provider, images]),
  );
  const found = [...worlds.values()].flatMap((runs) => {
    const judged = runs.flatMap(({ exercises }) => exercises).filter(({ status }) => status !== 'skipped');
    return [...Map.groupBy(judged, ({ path }) => path)].flatMap(([path, ends]) => {
      const passed = ends.filter(({ status }) => status === 'passed').length;
      return passed > 0 && passed < ends.length ? [{ path, passed, runs: ends.length }] : [];
    });
  });
  return found.toSorted((a, b) => a.passed / a.runs - b.passed / b.runs || a.path.localeCompare(b.path, 'en'));
}

/** The largest wait of each reason of each exercise over all runs, those closest to their deadlines first. */
export function worstWaits(
  history: readonly HistoryLine[],
  most: number,
): (HistoryExercise['waits'][number] & { readonly path: string })[] {
  const waits = history.flatMap(({ exercises }) =>
    exercises.flatMap(({ path, waits: own }) =>
      own.map(({ reason, seconds, share }) => ({ path, reason, seconds, share })),
    ),
  );
  const worst = Map.groupBy(
    waits.toSorted((a, b) => b.share - a.share),
    ({ path, reason }) => `${path}\0${reason}`,
  );
  return [...worst.values()].flatMap((same) => same.slice(0, 1)).slice(0, most);
}

function inSeconds(ms: number): number {
  return Number((ms / 1000).toFixed(1));
}
