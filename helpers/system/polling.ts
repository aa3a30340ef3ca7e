/** The one place that waits: asks again until an expectation holds and is confirmed, or its deadline has passed. */
import { type EventEmitter, once } from 'node:events';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';

/** How long to ask, and what confirms the answer. */
export interface ConvergenceOptions<T = unknown> {
  readonly deadlineMs: number;
  /** Makes further attempts after one that held, each of which must hold as well; none unless given. */
  readonly confirm?: (held: T) => Promise<readonly T[]>;
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
 * Calls `attempt` until `holds` accepts a result and all that confirm it, or until the deadline. A confirmation that
 * does not hold starts anew. After an attempt that does not hold, the pause grows. An error thrown by `attempt` ends the
 * wait: what may be retried, the attempt turns into evidence.
 */
export async function converge<T>(
  attempt: () => Promise<T>,
  holds: (evidence: T) => boolean,
  options: ConvergenceOptions<T>,
): Promise<Convergence<T>> {
  const { confirm = async () => [], deadlineMs, firstPauseMs = 100, maxPauseMs = 1_000 } = options;
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  let pauseMs = firstPauseMs;
  let attempts = 0;
  for (;;) {
    let last: T = await attempt();
    attempts += 1;
    const waitedMs = elapsed();
    if (holds(last)) {
      const confirmations = await confirm(last);
      attempts += confirmations.length;
      const contradiction = confirmations.find((evidence) => !holds(evidence));
      if (contradiction === undefined) return { holds: true, last, attempts, waitedMs, deadlineMs };
      last = contradiction;
    }
    const leftMs = deadlineMs - elapsed();
    if (leftMs <= 0) return { holds: false, last, attempts, waitedMs: elapsed(), deadlineMs };
    await pause(Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}

/** Milliseconds between two looks at what is to stay as it is. */
const lookPauseMs = 500;

/**
 * Calls `attempt` again and again for a stated time, for what is to stay as it is: that nothing happened at the first look
 * says nothing about the second.
 *
 * @returns every result up to the first that `holds` refuses, which is then the last
 */
export async function watchFor<T>(
  attempt: () => Promise<T>,
  holds: (evidence: T) => boolean,
  forMs: number,
): Promise<T[]> {
  const started = performance.now();
  const seen: T[] = [];
  while (performance.now() - started < forMs) {
    await pause(lookPauseMs);
    const evidence = await attempt();
    seen.push(evidence);
    if (!holds(evidence)) break;
  }
  return seen;
}

/** Calls `look` again and again, with a pause between the calls, until `over` is aborted; its errors are the caller's to catch. */
export async function repeat(look: () => Promise<void>, pauseMs: number, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await look();
    await pause(pauseMs, undefined, { signal: over }).catch(() => undefined);
  }
}

/**
 * Looks again whenever there is an event `news`, until an expectation holds or nothing new can come.
 *
 * @param over aborted when nothing new can come, at the latest by the deadline of what the news come from
 * @returns whether it holds
 */
export async function waitForEvent(holds: () => boolean, source: EventEmitter, over: AbortSignal): Promise<boolean> {
  while (!holds()) {
    try {
      await once(source, 'news', { signal: over });
    } catch {
      return false;
    }
  }
  return true;
}

/**
 * What `work` comes to, unless so many milliseconds pass before: then the work goes on, and nobody hears how it ends.
 *
 * @throws what `late` says, or what `work` throws
 */
export async function within<T>(work: Promise<T>, forMs: number, late: () => Error): Promise<T> {
  const over = new AbortController();
  const deadline = pause(forMs, undefined, { signal: over.signal }).then(() => Promise.reject(late()));
  // Whichever of the two comes second is nobody's any more.
  for (const either of [work, deadline]) either.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    over.abort();
  }
}

/**
 * Calls `speak` once after `afterMs`, unless what it would speak of is over by then. Nothing waits for it.
 *
 * @returns to be called when it is over
 */
export function notifyIfSlow(afterMs: number, speak: () => void): () => void {
  const due = setTimeout(speak, afterMs);
  return () => clearTimeout(due);
}

/**
 * Keeps what begins one after another at least so many milliseconds apart, however often it is asked for.
 *
 * @returns waits until the next may begin
 */
export function paced(apartMs: number): () => Promise<void> {
  let next = performance.now();
  return async () => {
    const now = performance.now();
    const begin = Math.max(now, next);
    next = begin + apartMs;
    if (begin > now) await pause(begin - now);
  };
}
