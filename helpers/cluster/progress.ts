/** Lines that tell what is being done and how long it took; anything slow gets one when it starts and one when it ends. */
export class Progress {
  readonly #started = performance.now();

  /** One line, with the seconds since the command began. */
  say(line: string): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds}s  ${line}\n`);
  }

  /** Does something and says how long it took; a line at its start only if it takes longer than a moment. */
  async timed<T>(what: string, action: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const slow = setTimeout(() => this.say(`${what} …`), 1_500);
    try {
      const result = await action();
      this.say(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      return result;
    } catch (error) {
      this.say(`${what}: failed`);
      throw error;
    } finally {
      clearTimeout(slow);
    }
  }
}
