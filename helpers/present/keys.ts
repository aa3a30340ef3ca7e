/** What a person presses: Enter for the next command, `a` to see the rest without stops, `q` or Ctrl-C to end here. */
import { once } from 'node:events';
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream } from 'node:tty';

/** What a person wants next. */
export type Wish = 'next' | 'all' | 'quit';

/** Waits for keys one at a time. Ctrl-C is a key like others, so that an exercise can take everything back. */
export class Keys {
  readonly #input: ReadStream;
  #quit = false;

  constructor(input: ReadStream) {
    this.#input = input;
    emitKeypressEvents(input);
    input.setRawMode(true);
    input.on('keypress', (_text: string, key: Key) => {
      if (wishOf(key) === 'quit') this.#quit = true;
    });
    input.resume();
  }

  /** True once a person wanted to end, whether somebody waited for a key or not. */
  get quit(): boolean {
    return this.#quit;
  }

  /** The next key that means something. */
  async wish(): Promise<Wish> {
    while (!this.#quit) {
      const [, key] = (await once(this.#input, 'keypress')) as [string, Key];
      const wish = wishOf(key);
      if (wish !== undefined) return wish;
    }
    return 'quit';
  }

  /** Gives the terminal back. */
  close(): void {
    this.#input.setRawMode(false);
    this.#input.pause();
  }
}

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

/** What a key means; undefined for one that means nothing. */
export function wishOf({ name = '', ctrl = false }: Key): Wish | undefined {
  if (name === 'q' || (ctrl && (name === 'c' || name === 'd'))) return 'quit';
  if (ctrl) return undefined;
  if (name === 'a') return 'all';
  return ['return', 'enter', 'space'].includes(name) ? 'next' : undefined;
}
