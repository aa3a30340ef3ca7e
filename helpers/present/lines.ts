import { createInterface, type Interface } from 'node:readline';

/**
 * Lines that a person types, one at a time; what was typed or pasted before anybody asked is kept. Ctrl-C and Ctrl-D end it,
 * so that everything can be taken back.
 */
export class Lines {
  readonly #reader: Interface;
  #ended = false;
  /** Lines that nobody has asked for yet. */
  readonly #early: string[] = [];
  /** Whoever waits for a line. */
  #waiting: ((line: string | undefined) => void) | undefined;

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#reader = createInterface({ input, output });
    this.#reader.on('line', (line) => {
      if (this.#waiting === undefined) this.#early.push(line);
      else this.#give(line);
    });
    this.#reader.on('SIGINT', () => this.end());
    this.#reader.on('close', () => this.end());
  }

  /** True once a person wanted to end, whether somebody waited for a line or not. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next line; undefined once it has ended. */
  async ask(prompt: string): Promise<string | undefined> {
    if (this.#ended) return undefined;
    this.#reader.setPrompt(prompt);
    this.#reader.prompt();
    return this.#early.shift() ?? new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Ends it as if a person had wanted to, and gives the terminal back. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.close();
    this.#give(undefined);
  }

  #give(line: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(line);
  }
}
