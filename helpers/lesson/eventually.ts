/** The wait of a lesson for what a program prints. */
import { step } from '../record/allure.ts';
import { provingPart } from '../record/evidence.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { converge, watchFor } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Site } from './site.ts';

/** What an expectation about a command's output may need besides. */
export interface EventuallyOptions {
  /** What of a long output proves it; unless given, the fewest lines that satisfy. */
  readonly tell?: (output: string) => string;
  /** How long it may take, where something known takes longer than changes do, also under another manifest; milliseconds. */
  readonly settleMs?: number;
  /** How long it must go on to satisfy afterwards, where it says that nothing happens; milliseconds. */
  readonly staysMs?: number;
  /** E.g. a call that is to leave a trace: one made before the change arrived leaves none, however long one waits. */
  readonly beforeEachLook?: () => Promise<unknown>;
}

/**
 * Runs a program until what it prints satisfies, and shows it.
 *
 * @param says completes the sentence "it is seen that …"
 * @param words the program and its arguments
 * @throws {ExpectationError} if it does not satisfy before the deadline
 */
export async function eventually(
  { cluster, recorder }: Pick<Site, 'cluster' | 'recorder'>,
  says: string,
  words: readonly [string, ...string[]],
  holds: (output: string) => boolean,
  { tell = (output) => provingPart(output, holds), settleMs, staysMs = 0, beforeEachLook }: EventuallyOptions = {},
): Promise<string> {
  const stays = staysMs === 0 ? '' : `, and for ${staysMs / 1000} s it stays so`;
  return step(`Seen: ${says}${stays}`, async () => {
    const [program, ...args] = words;
    await recorder.announce(cluster.typed(program, args), `${says}${stays}`);
    const ask = async () => {
      await beforeEachLook?.();
      return cluster.run(program, args, { timeoutMs: timeouts.commandMs });
    };
    const seen = await converge(ask, ({ exitCode, stdout }) => exitCode === 0 && holds(stdout), {
      deadlineMs: recorder.settleMs(settleMs),
      confirm: () => watchFor(ask, ({ exitCode, stdout }) => exitCode === 0 && holds(stdout), staysMs),
    });
    recorder.waited(says, seen);
    await recorder.ran(seen.last);
    const { command, stdout, stderr, exitCode } = seen.last;
    if (!seen.holds) {
      throw new ExpectationError(
        `It is not seen that ${says}:\n$ ${command}\n${stdout.slice(-2000)}${stderr.slice(-500)}`,
        exitCode === 0,
      );
    }
    await recorder.find(`${says}${stays}`, tell(stdout), stdout);
    return stdout;
  });
}
