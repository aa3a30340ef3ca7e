import { percentile } from '../calls/percentile.ts';
import { deadlineShare, type RecordedExercise } from '../record/record.ts';

/** What an exercise is read for here. */
type Round = Pick<RecordedExercise, 'path' | 'status' | 'durationMs' | 'waits' | 'reason'>;

/** How one exercise did over all rounds. */
export interface Endurance {
  readonly path: string;
  readonly passed: number;
  readonly skipped: number;
  /** Rounds in which it was there at all; fewer than were run where a round broke off. */
  readonly rounds: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  /** Largest share of a deadline that one of its waits used, and for what; undefined where it waits for nothing. */
  readonly worstWait: { readonly share: number; readonly reason: string } | undefined;
  /** Why it failed, each reason once. */
  readonly reasons: readonly string[];
}

/** Sums up rounds of the course by exercise, in the order of the curriculum. */
export function endurance(rounds: readonly (readonly Round[])[]): Endurance[] {
  return [...Map.groupBy(rounds.flat(), ({ path }) => path)].map(([path, ends]) => {
    const durations = ends.map(({ durationMs }) => durationMs);
    const waits = ends.flatMap((end) => end.waits).map((wait) => ({ share: deadlineShare(wait), reason: wait.reason }));
    const count = (status: string) => ends.filter((end) => end.status === status).length;
    return {
      path,
      passed: count('passed'),
      skipped: count('skipped'),
      rounds: ends.length,
      medianMs: percentile(durations, 50),
      slowestMs: Math.max(...durations),
      worstWait: waits.toSorted((a, b) => b.share - a.share)[0],
      reasons: [...new Set(ends.filter(({ status }) => !/passed|skipped/.test(status)).map(({ reason }) => reason))],
    };
  });
}

/** True if an exercise failed in some round, was missing in one, or was skipped in some rounds only. */
export function isUnsteady({ passed, skipped, rounds }: Endurance, wanted: number): boolean {
  return rounds !== wanted || (passed !== wanted && skipped !== wanted);
}

/** The table that a terminal shows: passes, median, slowest, worst wait. */
export function enduranceTable(exercises: readonly Endurance[], rounds: number): string {
  const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(8);
  const lines = exercises.map((each) => {
    const { path, passed, skipped, medianMs, slowestMs, worstWait, reasons } = each;
    const ends = skipped === rounds ? 'skipped' : `${passed} of ${rounds}`;
    const wait =
      worstWait === undefined ? '' : `${String(Math.round(worstWait.share * 100)).padStart(4)} %  ${worstWait.reason}`;
    const head = `${isUnsteady(each, rounds) ? 'FAILS' : '     '}  ${ends.padEnd(9)}${inSeconds(medianMs)}${inSeconds(slowestMs)}  ${path}`;
    return [
      head,
      ...(wait === '' ? [] : [`${' '.repeat(32)}${wait}`]),
      ...reasons.map((reason) => `${' '.repeat(33)}${reason}`),
    ].join('\n');
  });
  return [
    `       ${'passed'.padEnd(9)}${'median'.padStart(8)}${'slowest'.padStart(8)}  exercise, and its worst wait`,
    ...lines,
    '',
  ].join('\n');
}
