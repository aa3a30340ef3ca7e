import { readRecordedExercises, type RecordedExercise } from './record.ts';

/** An exercise of a run, and the assertions of the curriculum that it judged. */
export interface AssertionResult extends Pick<RecordedExercise, 'page' | 'claim' | 'status' | 'reason'> {
  readonly ids: readonly string[];
}

/** Reads what a run judged out of its results. */
export async function readAssertionResults(resultsDir: string): Promise<AssertionResult[]> {
  return (await readRecordedExercises(resultsDir)).map(assertionResultOf);
}

/** What one exercise judged: whatever its card says it proves. */
export function assertionResultOf({ page, claim, status, reason, card }: RecordedExercise): AssertionResult {
  return { page, claim, status, reason, ids: card?.proves ?? [] };
}
