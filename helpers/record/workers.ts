import type { RecordedExercise } from './record.ts';

/** What one worker of a run did: exercises that followed each other. */
export interface Worker {
  /** Time in exercises, from the start of the first to the end of the last, less the pauses between them. */
  readonly busyMs: number;
  /** Time spent in waiting for the cluster: pods to be Ready, a change to take effect, a witness to see it. */
  readonly waitedMs: number;
}

type Timed = Pick<RecordedExercise, 'startMs' | 'durationMs' | 'waits'>;

/**
 * The worker that was busy longest. Workers are not recorded; they follow from the times: an exercise goes on in a worker
 * that was free when it began.
 */
export function longestWorker(exercises: readonly Timed[]): Worker {
  const workers: { freeMs: number; busyMs: number; waitedMs: number }[] = [];
  for (const { startMs, durationMs, waits } of exercises.toSorted((a, b) => a.startMs - b.startMs)) {
    const waitedMs = waits.reduce((sum, wait) => sum + wait.waitedMs, 0);
    const free = workers.filter(({ freeMs }) => freeMs <= startMs).toSorted((a, b) => b.freeMs - a.freeMs)[0];
    if (free === undefined) {
      workers.push({ freeMs: startMs + durationMs, busyMs: durationMs, waitedMs });
    } else {
      free.freeMs = startMs + durationMs;
      free.busyMs += durationMs;
      free.waitedMs += waitedMs;
    }
  }
  const [longest] = workers.toSorted((a, b) => b.busyMs - a.busyMs);
  return { busyMs: longest?.busyMs ?? 0, waitedMs: longest?.waitedMs ?? 0 };
}
