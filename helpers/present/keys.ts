/** What a person presses: keys that mean something to a presenter, and `q` or Ctrl-C to end here, which every one has. */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream } from 'node:tty';

/** Wishes by the keys that say them. */
export type KeyMap<Wish extends string> = Readonly<Record<string, Wish>>;

const goesOn = { return: 'next', enter: 'next', space: 'next' } as const;

/** A walk-through: Enter for the next command, `a` to see the rest without stops. */
export const followKeys = { ...goesOn, a: 'all' } as const;

/** A demo: Enter goes on, `n` for the notes; after a failure `r` from the start, `e` for what was recorded. */
export const demoKeys = { ...goesOn, n: 'notes', r: 'again', e: 'recorded' } as const;

/** What a person wants next. */
export type WishOf<Map extends KeyMap<string>> = Map[keyof Map] | 'quit';

/** Waits for keys one at a time. Ctrl-C is a key like others, so that an exercise can take everything back. */
export class Keys<Wish extends string> {
  readonly #input: ReadStream;
  #quit = false;
  /** Whoever waits for a key. */
  #waiting: (wish: Wish | 'quit') => void = () => {};

  constructor(input: ReadStream, wishes: KeyMap<Wish>) {
    this.#input = input;
    emitKeypressEvents(input);
    input.setRawMode(true);
    input.on('keypress', (_text: string, key: Key) => {
      const wish = wishOf(key, wishes);
      if (wish === 'quit') this.end();
      else if (wish !== undefined) this.#waiting(wish);
    });
    input.resume();
  }

  /** True once a person wanted to end, whether somebody waited for a key or not. */
  get quit(): boolean {
    return this.#quit;
  }

  /** Ends it as if a person had wanted to. */
  end(): void {
    this.#quit = true;
    this.#waiting('quit');
  }

  /** The next key that means something. */
  async wish(): Promise<Wish | 'quit'> {
    if (this.#quit) return 'quit';
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
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
export function wishOf<Wish extends string>(
  { name = '', ctrl = false }: Key,
  wishes: KeyMap<Wish>,
): Wish | 'quit' | undefined {
  if (name === 'q' || (ctrl && (name === 'c' || name === 'd'))) return 'quit';
  return ctrl ? undefined : wishes[name];
}
