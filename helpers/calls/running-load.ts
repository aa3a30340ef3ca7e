import { EventEmitter } from 'node:events';

import type { Milestone } from '../draw/charts.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { waitForEvent } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { readReplies, type Reply } from './burst.ts';

/** Exit code of what has run into its limit of time. */
const outOfTime = 124;

/**
 * A load while it runs: what is printed is read line by line, so that a lesson can wait for calls instead of for time.
 * A machine that is busy makes calls late; a phase that ends before its first one would show nothing.
 */
export class RunningLoad {
  readonly marks: Milestone[] = [];
  readonly #replies: (Reply & { readonly beganAt: number })[] = [];
  /** What was printed since the last call ended. */
  #printed = '';
  readonly #calls = new EventEmitter();
  readonly #ended = new AbortController();
  /** True once the load has ended as it was to, with all its calls made or its time over. */
  #isComplete = false;
  readonly #clock: () => Promise<number>;

  /** @param clock asks the calling pod for its time, in seconds since 1970 */
  constructor(clock: () => Promise<number>) {
    this.#clock = clock;
  }

  /** Takes in a line of what `untilStopped` prints. */
  hear(line: string): void {
    this.#printed += `\n${line}`;
    if (!line.startsWith('@call ')) return;
    const [reply] = readReplies(`${this.#printed}\n`);
    this.#printed = '';
    const { beganAt } = reply ?? {};
    if (reply === undefined || beganAt === undefined) return;
    this.#replies.push({ ...reply, beganAt });
    this.#calls.emit('news');
  }

  /** Ends whatever waits for calls: there will be no more. */
  end({ stderr, exitCode }: Transcript): void {
    this.#isComplete = exitCode === 0 || exitCode === outOfTime;
    this.#ended.abort(new Error(stderr.slice(-2000)));
  }

  /**
   * Notes a moment, for the picture and for counting from one to another, and lets a call go by: when it has ended, so
   * have all that began before the moment, and what is done next does not touch them.
   *
   * @throws if the load ends before
   */
  async mark(label: string): Promise<void> {
    this.marks.push({ seconds: await this.#clock(), label });
    await this.calls(1);
  }

  /**
   * Waits until so many calls that began after the last mark have ended; at the longest as long as the load lasts.
   *
   * @throws if the load ends before
   */
  async calls(times: number): Promise<void> {
    const { signal } = this.#ended;
    if (await waitForEvent(() => this.#sinceMark().length >= times, this.#calls, signal)) return;
    const made = this.#sinceMark().length;
    throw new Error(`The load ended when ${made} of ${times} calls were made`, { cause: signal.reason });
  }

  /**
   * Waits until a call that began after the last mark has ended so; at the longest as long as the load lasts.
   *
   * @param says completes the sentence "a call …"
   * @throws if the load ends before
   */
  async until(says: string, holds: (reply: Reply) => boolean): Promise<void> {
    const { signal } = this.#ended;
    if (await waitForEvent(() => this.#sinceMark().some(holds), this.#calls, signal)) return;
    const made = this.#sinceMark().length;
    throw new Error(`The load ended before a call ${says}; ${made} were made`, { cause: signal.reason });
  }

  /**
   * Waits until so many calls in a row that began after the last mark have ended so, the latest among them; at the longest
   * as long as the load lasts.
   *
   * @param says completes the sentence "… calls in a row …"
   * @throws {ExpectationError} if all calls of the load were made and the latest did not end so
   * @throws if the load broke off before
   */
  async inARow(times: number, says: string, holds: (reply: Reply) => boolean): Promise<void> {
    const { signal } = this.#ended;
    const latest = () => this.#sinceMark().slice(-times);
    const enough = () => latest().length === times && latest().every(holds);
    if (await waitForEvent(enough, this.#calls, signal)) return;
    const held = latest().filter(holds).length;
    const what = `The load ended before ${times} calls in a row ${says}; ${held} of the latest ${times} did`;
    // A whole load of calls that were answered otherwise says something about the lesson; a load that broke off does not.
    if (this.#isComplete && latest().length === times)
      throw new ExpectationError(
        what,
        latest().some(({ status }) => status === 200),
      );
    throw new Error(what, { cause: signal.reason });
  }

  #sinceMark(): Reply[] {
    const since = this.marks.at(-1)?.seconds ?? 0;
    return this.#replies.filter(({ beganAt }) => beganAt >= since);
  }
}
