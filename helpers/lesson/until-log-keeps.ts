import type { LessonCluster } from './lesson-cluster.ts';

/** A line of a log, and the mark of the call that it tells of; no mark where it tells of none. */
export interface MarkedLine {
  readonly mark: string;
  readonly text: string;
}

/** Calls of two kinds, and how to find them in the log. */
export interface KeptPair {
  /** How the marks of these calls begin. */
  readonly prefix: string;
  /** Makes a call that the log is to leave out. */
  readonly leftOut: (mark: string) => Promise<unknown>;
  /** Makes a call that the log is to keep. */
  readonly kept: (mark: string) => Promise<unknown>;
  /** Reads what the log command prints. */
  readonly linesOf: (output: string) => readonly MarkedLine[];
}

/**
 * Makes pairs of calls until a pair shows that a log keeps the second and leaves out the first, whose line would stand before
 * it. A pair that was made before a new filter arrived shows nothing, so each look makes another.
 *
 * @param says completes the sentence "it is seen that …"
 * @param log arguments of kubectl that print the log
 * @throws {ExpectationError} if no pair shows it before the deadline
 */
export async function untilLogKeeps(
  cluster: Pick<LessonCluster, 'eventually'>,
  says: string,
  log: readonly string[],
  { prefix, leftOut, kept, linesOf }: KeptPair,
): Promise<void> {
  let pairs = 0;
  const shown = (output: string) => {
    const lines = new Map(linesOf(output).map(({ mark, text }) => [mark, text]));
    const tried = Array.from({ length: pairs }, (_, index) => index + 1);
    const pair = tried.find((each) => lines.has(`${prefix}-kept-${each}`) && !lines.has(`${prefix}-left-out-${each}`));
    return pair === undefined ? undefined : lines.get(`${prefix}-kept-${pair}`);
  };
  await cluster.eventually(says, log, (output) => shown(output) !== undefined, 'kubectl', {
    beforeEachLook: async () => {
      pairs += 1;
      await leftOut(`${prefix}-left-out-${pairs}`);
      await kept(`${prefix}-kept-${pairs}`);
    },
    tell: (output) => shown(output) ?? '',
  });
}
