import { notifyIfSlow } from './polling.ts';

/** Milliseconds that need no line of their own. */
const momentMs = 1_500;

/** Lines that tell what is being done and how long it took; anything slow gets one when it starts and one when it ends. */
export class Progress {
  /** Milliseconds by what they were spent on. */
  readonly timings: Record<string, number> = {};
  readonly #started = performance.now();

  /** Milliseconds since the command began. */
  elapsedMs(): number {
    return Math.round(performance.now() - this.#started);
  }

  /** One line, with the seconds since the command began. */
  say(line: string): void {
    const seconds = (this.elapsedMs() / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds}s  ${line}\n`);
  }

  /** Does something and says how long it took; a line at its start only if it takes longer than a moment. */
  async timed<T>(what: string, action: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const isOver = notifyIfSlow(momentMs, () => this.say(`${what} …`));
    try {
      const result = await action();
      this.timings[what] = Math.round(performance.now() - started);
      this.say(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      return result;
    } catch (error) {
      this.say(`${what}: failed`);
      throw error;
    } finally {
      isOver();
    }
  }
}
