import type { IncidentAnswers } from './incident-queries.ts';
import { type ServicePods, verdictOf } from './incident-verdict.ts';

/** A call that answers are to come back from is made at least so often, where all is well; the load makes twenty a second. */
const callsPerSecond = 5;

/**
 * True if the five queries say that all is well while calls are made: where nobody calls, nothing can be wrong.
 *
 * @param edges how many pairs of caller and called there are
 */
export function isWell(answers: IncidentAnswers, pods: ServicePods, edges: number): boolean {
  const busy = answers.Q5.filter(({ value }) => value >= callsPerSecond);
  return verdictOf(answers, pods).kind === 'healthy' && busy.length === edges;
}
