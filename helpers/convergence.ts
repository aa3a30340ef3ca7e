/** The one place that waits: asks again until an expectation holds several times in a row, or its deadline has passed. */
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';

/** Confirmations made at the same time; more would measure this machine rather than the mesh. */
const atATime = 5;

/** How long to ask, and how often the answer must hold. */
export interface ConvergenceOptions<T = unknown> {
  readonly deadlineMs: number;
  /** Number of consecutive attempts that must hold; default 1. */
  readonly inARow?: number;
  /** Makes all attempts of the row at the same time, for those that last long because nothing happens. */
  readonly together?: boolean;
  /** Makes so many more attempts to confirm one that held; each by itself, side by side, unless given. */
  readonly again?: (held: T, times: number) => Promise<readonly T[]>;
  /** First pause after an attempt that does not hold; doubles up to `maxPauseMs`. Default 100. */
  readonly firstPauseMs?: number;
  /** Default 1000. */
  readonly maxPauseMs?: number;
}

/** How a wait ended: the last evidence, and what it cost. */
export interface Convergence<T> {
  readonly holds: boolean;
  readonly last: T;
  readonly attempts: number;
  /** Time to the first of the attempts that held, or to the deadline. */
  readonly waitedMs: number;
  readonly deadlineMs: number;
}

/**
 * Calls `attempt` until `holds` accepts `inARow` results, or until the deadline. The first result that holds is
 * confirmed by the others; one of them that does not starts the row anew. After an attempt that does not
 * hold, the pause grows. An error thrown by `attempt` ends the wait: what may be retried, the attempt turns into evidence.
 */
export async function converge<T>(
  attempt: () => Promise<T>,
  holds: (evidence: T) => boolean,
  options: ConvergenceOptions<T>,
): Promise<Convergence<T>> {
  const { together = false, deadlineMs, inARow = 1, firstPauseMs = 100, maxPauseMs = 1_000 } = options;
  const again = options.again ?? ((_held: T, times: number) => sideBySide(attempt, times));
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  let pauseMs = firstPauseMs;
  let attempts = 0;
  for (;;) {
    const row = await sideBySide(attempt, together ? inARow : 1);
    attempts += row.length;
    const waitedMs = elapsed();
    let contradictions = row.filter((evidence) => !holds(evidence));
    for (let open = inARow - row.length; open > 0 && contradictions.length === 0; open -= atATime) {
      const confirmations = await again(row[0] as T, Math.min(open, atATime));
      attempts += confirmations.length;
      contradictions = confirmations.filter((evidence) => !holds(evidence));
    }
    const last = (contradictions[0] ?? row[0]) as T;
    if (contradictions.length === 0) return { holds: true, last, attempts, waitedMs, deadlineMs };
    const leftMs = deadlineMs - elapsed();
    if (leftMs <= 0) return { holds: false, last, attempts, waitedMs: elapsed(), deadlineMs };
    await pause(Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}

/** Makes attempts at the same time; what they found, in the order in which they ended. */
async function sideBySide<T>(attempt: () => Promise<T>, times: number): Promise<T[]> {
  const found: T[] = [];
  const one = async () => {
    found.push(await attempt());
  };
  await Promise.all(Array.from({ length: times }, one));
  return found;
}

/**
 * Calls `speak` once after `afterMs`, unless what it would speak of is over by then. Nothing waits for it.
 *
 * @returns to be called when it is over
 */
export function unlessOverIn(afterMs: number, speak: () => void): () => void {
  const due = setTimeout(speak, afterMs);
  return () => clearTimeout(due);
}
