import { assertionStatus } from '../curriculum/coverage.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { namedCourse } from '../runs/last-course.ts';
import { lastJudged } from '../runs/last-judged.ts';
import type { Finding } from './finding.ts';

/** Assertions that are proven, each with the moment of the run that proved it, ISO 8601. */
export type Proven = ReadonlyMap<string, string>;

/**
 * What of some assertions is proven, by the last run on this machine that judged each, or by the run of a report.
 *
 * @param folder of a report that was sent; undefined or empty for the runs of this machine
 */
export async function provenOf(ids: readonly string[], folder?: string): Promise<Proven> {
  if (folder !== undefined && folder !== '') {
    const run = await namedCourse(folder);
    const results = run?.exercises.map(assertionResultOf) ?? [];
    const proven = ids.filter((id) => assertionStatus(id, results).state === 'proven');
    return new Map(proven.map((id) => [id, run?.facts.startedAt ?? '']));
  }
  const { judged } = await lastJudged(ids);
  return new Map(
    [...judged].flatMap(([id, { last, proven }]) =>
      proven !== undefined && proven === last ? [[id, proven.run.facts.startedAt] as const] : [],
    ),
  );
}

/** The assertion to show next for a finding: the best one that is proven; undefined where none is. */
export function shownBy({ shows }: Pick<Finding, 'shows'>, proven: Proven): string | undefined {
  return shows.find((id) => proven.has(id));
}
