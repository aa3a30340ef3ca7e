/** What a run has shown: all that a decision may rest on. */
import { assertionStatus } from '../curriculum/coverage.ts';
import { type AssertionResult, assertionResultOf } from '../record/assertion-results.ts';
import { type Measurement, measurementsOf } from '../roi/measurements.ts';
import type { RunRecord } from '../runs/run-record.ts';

/** How exercises of a run ended, and what they measured. */
export interface Shown {
  readonly results: readonly AssertionResult[];
  readonly measurements: readonly Measurement[];
}

/** Where nothing was run. */
export const nothingShown: Shown = { results: [], measurements: [] };

/** What a run has shown. */
export function shownBy(run: Pick<RunRecord, 'facts' | 'exercises'>): Shown {
  return { results: run.exercises.map(assertionResultOf), measurements: measurementsOf(run) };
}

/** Those of some ids that are not proven, because they were not run, were skipped, or failed. */
export function notShown(ids: readonly string[], { results }: Shown): string[] {
  return ids.filter((id) => assertionStatus(id, results).state !== 'proven');
}

/** What a run would have shown in which these assertions had passed and those failed; to see what a decision rests on. */
export function supposing(passed: readonly string[], failed: readonly string[] = []): Shown {
  const ended = (status: string) => (id: string) => ({ ids: [id], status, page: '', claim: id, reason: '' });
  return { results: [...passed.map(ended('passed')), ...failed.map(ended('failed'))], measurements: [] };
}
