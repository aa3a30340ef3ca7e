import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readJson } from '../system/json.ts';

/** A step as an Allure result holds it; only what is read here. */
export interface ResultStep {
  readonly name?: string;
  readonly attachments?: readonly { readonly name: string; readonly source: string; readonly type?: string }[];
  readonly steps?: readonly ResultStep[];
}

/** An Allure result file; only what is read here. */
export interface ResultFile {
  readonly uuid: string;
  readonly name: string;
  readonly status: string;
  readonly historyId?: string;
  readonly start?: number;
  readonly stop?: number;
  readonly statusDetails?: { readonly message?: string };
  readonly descriptionHtml?: string;
  readonly labels?: readonly { readonly name: string; readonly value: string }[];
  readonly steps?: readonly ResultStep[];
}

/** One exercise of a run as the front page lists it. */
export interface ExerciseResult {
  /** Its identity over time: the path of its spec below specs/, without endings. */
  readonly path: string;
  /** Id of its page in the report. */
  readonly page: string;
  readonly module: string;
  readonly exercise: string;
  readonly claim: string;
  /** Allure's word: passed, failed, broken, skipped, unknown. */
  readonly status: string;
  /** Why it was skipped or what went wrong, one line; empty when it passed. */
  readonly reason: string;
  /** When it began, milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** Id under which Allure keeps the page of a result, also its address: `index.html#<id>`. */
export function pageId(uuid: string): string {
  return createHash('md5').update(uuid).digest('hex');
}

/** Reads the exercises of a run out of its result files, in the order of the curriculum. */
export async function readExerciseResults(resultsDir: string): Promise<ExerciseResult[]> {
  return (await readResultFiles(resultsDir)).map(exerciseResult);
}

/**
 * The result files of exercises, in the order of the curriculum: the newest of each, where one was run again by itself.
 * Pages that the report adds are left out.
 */
export async function readResultFiles(resultsDir: string): Promise<ResultFile[]> {
  const files = await resultFileNames(resultsDir);
  const results = await Promise.all(
    files.map((name) => readJson<ResultFile>(join(resultsDir, name), 'remove it: no run has left it so')),
  );
  const exercises = results.filter(isExercise).toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0));
  return [...new Map(exercises.map((result) => [result.historyId ?? result.uuid, result])).values()].toSorted((a, b) =>
    (a.historyId ?? a.name).localeCompare(b.historyId ?? b.name, 'en', { numeric: true }),
  );
}

/** Names of the result files in a folder. */
export async function resultFileNames(resultsDir: string): Promise<string[]> {
  return (await readdir(resultsDir)).filter((name) => name.endsWith('-result.json'));
}

/** True for the result of an exercise, which has a place in the tree of the course and a claim. */
export function isExercise(result: ResultFile): boolean {
  return label(result, 'epic') !== '' && label(result, 'story') !== '';
}

/** Files of the attachments of a result, wherever among the steps they hang. */
export function attachmentSources({ steps = [] }: Pick<ResultFile, 'steps'>): string[] {
  return steps.flatMap((step) => [
    ...(step.attachments ?? []).map(({ source }) => source),
    ...attachmentSources({ steps: step.steps ?? [] }),
  ]);
}

/** What one result file says, in the front page's terms. */
export function exerciseResult(result: ResultFile): ExerciseResult {
  const message = result.statusDetails?.message?.split('\n')[0] ?? '';
  return {
    path: result.historyId ?? '',
    page: pageId(result.uuid),
    module: label(result, 'epic'),
    exercise: label(result, 'feature'),
    claim: label(result, 'story'),
    status: result.status,
    reason: result.status === 'passed' ? '' : message,
    startMs: result.start ?? 0,
    durationMs: (result.stop ?? 0) - (result.start ?? 0),
  };
}

function label(result: ResultFile, name: string): string {
  return result.labels?.find((each) => each.name === name)?.value ?? '';
}
