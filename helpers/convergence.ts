/** The one place that waits: asks again until an expectation holds several times in a row, or its deadline has passed. */
import { setTimeout as pause } from 'node:timers/promises';

/** How long to ask, and how often the answer must hold. */
export interface ConvergenceOptions {
  readonly deadlineMs: number;
  /** Number of consecutive attempts that must hold; default 1. */
  readonly inARow?: number;
  /** First pause between two attempts that do not hold; doubles up to `maxPauseMs`. Default 100. */
  readonly firstPauseMs?: number;
  /** Default 1000. */
  readonly maxPauseMs?: number;
  readonly signal?: AbortSignal;
}

/** How a wait ended: the last evidence, and what it cost. */
export interface Convergence<T> {
  readonly holds: boolean;
  readonly last: T;
  readonly attempts: number;
  readonly waitedMs: number;
  readonly deadlineMs: number;
}

/**
 * Calls `attempt` until `holds` accepts its result `inARow` times in a row, or until the deadline. Attempts that hold
 * follow each other at once; after one that does not, the pause grows. The last evidence is kept either way. An error
 * thrown by `attempt` ends the wait: what may be retried, the attempt itself turns into evidence.
 */
export async function converge<T>(
  attempt: () => Promise<T>,
  holds: (evidence: T) => boolean,
  options: ConvergenceOptions,
): Promise<Convergence<T>> {
  const { deadlineMs, inARow = 1, firstPauseMs = 100, maxPauseMs = 1_000, signal } = options;
  const started = performance.now();
  let held = 0;
  let pauseMs = firstPauseMs;
  for (let attempts = 1; ; attempts += 1) {
    const last = await attempt();
    const waitedMs = Math.round(performance.now() - started);
    held = holds(last) ? held + 1 : 0;
    if (held >= inARow) return { holds: true, last, attempts, waitedMs, deadlineMs };
    if (waitedMs >= deadlineMs) return { holds: false, last, attempts, waitedMs, deadlineMs };
    if (held > 0) continue;
    await pause(Math.min(pauseMs, deadlineMs - waitedMs), undefined, signal === undefined ? {} : { signal });
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}
