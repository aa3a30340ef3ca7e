import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Cost } from '../system/cost.ts';
import type { Card } from './card.ts';
import type { Measured, Story, Wait, Warning } from './observation.ts';
import { redact } from './redact.ts';
import { type ExerciseResult, exerciseResult, readResultFiles, type ResultFile, type ResultStep } from './results.ts';

/** What one exercise did and saw, as data: hangs on its result as an attachment. */
export interface ExerciseRecord extends Story {
  readonly waits: readonly Wait[];
  readonly warnings: readonly Warning[];
  /** Figures for those who calculate with them; missing in what an earlier release of the project recorded. */
  readonly measurements?: readonly Measured[];
  /** Namespaces that it created, in order; they are gone when it has ended. */
  readonly namespaces: readonly string[];
  /** What it cost the process that it ran in. */
  readonly cost: Cost;
  /** Why it was skipped, one sentence a missing capability or permission; empty if it was not. */
  readonly skipped: readonly string[];
}

/** Names of the attachments that are data. */
export const recordName = 'what was measured';
export const cardName = 'card';

/** An exercise of a run with its card and what it measured. */
export interface RecordedExercise extends ExerciseResult, ExerciseRecord {
  /** Undefined where the exercise ended before it had told. */
  readonly card: Card | undefined;
  /** Longest time that a change took to show itself, in milliseconds; undefined where nothing was changed. */
  readonly effectMs: number | undefined;
  /** What went wrong, whole; empty when it passed. */
  readonly message: string;
}

/** The record of an exercise that did nothing. */
export const emptyRecord: ExerciseRecord = {
  setup: [],
  workloads: { before: [], after: [] },
  observations: [],
  shares: [],
  manifests: [],
  findings: [],
  exhibits: [],
  commands: [],
  waits: [],
  warnings: [],
  namespaces: [],
  cost: { programs: 0, ownCpuMs: 0, programsCpuMs: 0 },
  skipped: [],
};

/** What the recorder of an exercise holds when it ends, to be kept. */
export function recordOf(
  story: Story & Pick<ExerciseRecord, 'waits' | 'warnings' | 'measurements'>,
  namespaces: readonly string[],
  cost: Cost,
  skipped: readonly string[] = [],
): ExerciseRecord {
  const { setup, workloads, observations, shares, manifests, findings, exhibits, commands, waits, warnings } = story;
  const { measurements = [] } = story;
  return {
    setup,
    workloads,
    observations,
    shares,
    manifests,
    findings,
    exhibits,
    commands,
    waits,
    warnings,
    measurements,
    namespaces,
    cost,
    skipped,
  };
}

/** Reads the exercises of a run with what they measured, in the order of the curriculum. */
export async function readRecordedExercises(resultsDir: string): Promise<RecordedExercise[]> {
  return Promise.all(
    (await readResultFiles(resultsDir)).map(async (result) => {
      const { record, card } = await readRecordOf(resultsDir, result);
      return recordedExercise(result, record, card);
    }),
  );
}

/** The data that hang on a result file; what is not there is undefined. */
export async function readRecordOf(
  resultsDir: string,
  result: ResultFile,
): Promise<{ record: ExerciseRecord | undefined; card: Card | undefined }> {
  const read = async <T>(name: string): Promise<T | undefined> => {
    const source = attachmentSource(result, name);
    return source === undefined ? undefined : (JSON.parse(await readFile(join(resultsDir, source), 'utf8')) as T);
  };
  return { record: await read<ExerciseRecord>(recordName), card: await read<Card>(cardName) };
}

/** What one result file and the data that hang on it say. */
export function recordedExercise(result: ResultFile, told = emptyRecord, card?: Card): RecordedExercise {
  const exercise = exerciseResult(result);
  // An earlier release of the project may have told less.
  const record = { ...emptyRecord, ...told };
  const { skipped } = record;
  return {
    ...exercise,
    ...record,
    reason: redact(skipped.length > 0 ? skipped.join('; ') : exercise.reason),
    card,
    effectMs: timeToEffect(record),
    message: redact(result.statusDetails?.message ?? ''),
  };
}

/**
 * Longest wait, in milliseconds, of a call after the lesson's first change, which is how long the slowest change took to
 * show itself; undefined where nothing was applied.
 */
export function timeToEffect({
  observations,
  manifests,
}: Pick<Story, 'observations' | 'manifests'>): number | undefined {
  const after = observations.filter(({ changed }) => changed);
  if (manifests.length === 0 || after.length === 0) return undefined;
  return Math.round(Math.max(...after.map(({ waitedMs }) => waitedMs)));
}

/** File of an attachment, wherever among the steps it hangs; undefined where an exercise ended before it had one. */
export function attachmentSource(result: Pick<ResultFile, 'steps'>, name: string): string | undefined {
  const attachments = (steps: readonly ResultStep[]): { name: string; source: string }[] =>
    steps.flatMap((each) => [...(each.attachments ?? []), ...attachments(each.steps ?? [])]);
  return attachments(result.steps ?? []).find((each) => each.name === name)?.source;
}

/** A wait that took more than this share of its deadline is marked: the next one may not make it. */
export const warningShare = 0.75;

/** Share of its deadline that a wait used; 1 and a little more where it ran out. */
export function deadlineShare({ waitedMs, deadlineMs }: Pick<Wait, 'waitedMs' | 'deadlineMs'>): number {
  return deadlineMs === 0 ? 0 : waitedMs / deadlineMs;
}
