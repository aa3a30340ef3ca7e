import { createInterface, type Interface } from 'node:readline';

/** Lines that a person types, one at a time. Ctrl-C and Ctrl-D end it, so that everything can be taken back. */
export class Lines {
  readonly #reader: Interface;
  #ended = false;
  /** Whoever waits for a line. */
  #waiting: (line: string | undefined) => void = () => {};

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#reader = createInterface({ input, output });
    this.#reader.on('line', (line) => this.#waiting(line));
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
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Ends it as if a person had wanted to, and gives the terminal back. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.close();
    this.#waiting(undefined);
  }
}
