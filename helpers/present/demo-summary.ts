import { clockTime } from '../draw/clock-time.ts';
import { exitCodes } from '../system/errors.ts';

/** What of a demo was shown, and in what time. */
export interface DemoTally {
  readonly beats: number;
  /** Beats in which everything held, live. */
  readonly live: number;
  /** Beats that were shown from an earlier run. */
  readonly recorded: number;
  readonly elapsedMs: number;
  readonly limitMs: number;
  /** True where nobody was asked, so that the time is the machine's alone. */
  readonly rehearsal: boolean;
}

/** How the exercise that was presented ended. */
export interface ExerciseEnd {
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped, one line. */
  readonly reason: string;
  /** True where the presenter ended it. */
  readonly stopped: boolean;
  /** What it left behind, one sentence each. */
  readonly leftovers: readonly string[];
}

/** How a demo went, in a few lines, and the exit code: 0 only where everything held live. */
export function summaryOf(tally: DemoTally, end: ExerciseEnd): { readonly lines: string[]; readonly exitCode: number } {
  // What failed after the last beat may be the taking back itself; its own words say so.
  const lateFailure = end.state === 'failed' && tally.live === tally.beats;
  const away = end.leftovers.length > 0 || lateFailure ? end.leftovers : ['Everything is taken back.'];
  const tidy = end.leftovers.length === 0 ? undefined : exitCodes.failed;
  const time = clockTime(tally.elapsedMs);
  if (end.stopped)
    return {
      lines: [[`Ended before the end, at ${time}.`, ...away].join(' ')],
      exitCode: tidy ?? exitCodes.interrupted,
    };
  if (end.state === 'skipped')
    return { lines: [`It cannot be shown here: ${end.reason}`], exitCode: tidy ?? exitCodes.environment };
  const { live, recorded, beats } = tally;
  const proven = live === beats && end.state === 'passed' && tidy === undefined;
  const overMs = tally.elapsedMs - tally.limitMs;
  const missing = beats - live - recorded;
  const counts = [
    `Live ${live} of ${beats} beats`,
    ...(recorded === 0 ? [] : [`${recorded} recorded`]),
    ...(missing === 0 ? [] : [`${missing} not shown`]),
  ].join(', ');
  return {
    lines: [
      // What failed in a beat was said there.
      ...(lateFailure ? [`✕ ${end.reason}`] : []),
      [
        `Done in ${time} of ${clockTime(tally.limitMs)}.`,
        `${counts}${proven ? '' : ': not a full proof'}.`,
        ...away,
      ].join(' '),
      ...(overMs > 0 ? [`It took ${(overMs / 1000).toFixed(1)} s more than its limit.`] : []),
    ],
    exitCode: proven && !(tally.rehearsal && overMs > 0) ? 0 : exitCodes.failed,
  };
}
