import { EventEmitter } from 'node:events';

import { waitForEvent } from '../system/polling.ts';

/** A command while it runs: what it has printed so far. */
export class RunningCommand {
  #printed = '';
  readonly #news = new EventEmitter();
  readonly #ended = new AbortController();

  /** What it has printed so far, in whole lines. */
  get printed(): string {
    return this.#printed;
  }

  /** Takes in a line that it printed. */
  hear(line: string): void {
    this.#printed += `${line}\n`;
    this.#news.emit('news');
  }

  /** Ends whatever waits for a line: there will be no more. */
  end(): void {
    this.#ended.abort();
  }

  /** Waits until it has printed a line. @returns false if it ended without one */
  async hasPrinted(): Promise<boolean> {
    return waitForEvent(() => this.#printed !== '', this.#news, this.#ended.signal);
  }
}
