import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Finding, Sighting, Wait } from '../evidence.ts';
import { type ExerciseResult, exerciseResult, readResultFiles, type ResultFile, type ResultStep } from './results.ts';
import { redact } from './secrets.ts';

/** What one exercise measured, as data: hangs on its result as an attachment of this name. */
export interface ExerciseRecord {
  readonly sightings: readonly Sighting[];
  readonly findings: readonly Finding[];
  readonly waits: readonly Wait[];
}

/** Name of the attachment. */
export const recordName = 'what was measured';

/** An exercise of a run with what it measured. */
export interface RecordedExercise extends ExerciseResult, ExerciseRecord {
  /** What went wrong, whole; empty when it passed. */
  readonly message: string;
}

const nothing: ExerciseRecord = { sightings: [], findings: [], waits: [] };

/** Reads the exercises of a run with what they measured, in the order of the curriculum. */
export async function readRecordedExercises(resultsDir: string): Promise<RecordedExercise[]> {
  return Promise.all(
    (await readResultFiles(resultsDir)).map(async (result) => {
      const source = recordSource(result);
      const record =
        source === undefined
          ? nothing
          : (JSON.parse(await readFile(join(resultsDir, source), 'utf8')) as ExerciseRecord);
      return recordedExercise(result, record);
    }),
  );
}

/** What one result file and the record that hangs on it say. */
export function recordedExercise(result: ResultFile, record = nothing): RecordedExercise {
  const exercise = exerciseResult(result);
  const message = redact(result.statusDetails?.message ?? '');
  return { ...exercise, reason: redact(exercise.reason), ...record, message };
}

/** File of the record, wherever among the steps it hangs; undefined where an exercise ended before it had one. */
export function recordSource(result: Pick<ResultFile, 'steps'>): string | undefined {
  const attachments = (steps: readonly ResultStep[]): { name: string; source: string }[] =>
    steps.flatMap((each) => [...(each.attachments ?? []), ...attachments(each.steps ?? [])]);
  return attachments(result.steps ?? []).find(({ name }) => name === recordName)?.source;
}

/** Share of its deadline that a wait used; 1 and a little more where it ran out. */
export function deadlineShare({ waitedMs, deadlineMs }: Pick<Wait, 'waitedMs' | 'deadlineMs'>): number {
  return deadlineMs === 0 ? 0 : waitedMs / deadlineMs;
}
