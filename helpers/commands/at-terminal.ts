import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describeLab } from '../lab/describe-lab.ts';
import { lockLab } from '../lab/lock.ts';
import { useLab } from '../lab/use-lab.ts';
import { type KeyMap, Keys } from '../present/keys.ts';
import { type Listener, presentOn } from '../present/presenter.ts';
import { stateDir } from '../system/paths.ts';
import { runLessons, type Tally } from './run-lessons.ts';
import { given } from './variables.ts';

/** A terminal on which lessons are shown while they run, and whoever sits at it. */
export interface Terminal<Wish extends string> {
  /** Asks the person; undefined with PRESENT=auto, or where no terminal is there: nothing stops. */
  readonly wish: (() => Promise<Wish | 'quit'>) | undefined;
  /** True once it is to end: by a key, or by a signal. */
  readonly stopped: () => boolean;
  /** Runs a spec file to its end, at which everything is taken back; what it tells is heard until then. */
  readonly present: (file: string, listen: Listener) => Promise<Tally>;
}

/**
 * Shows lessons on the lab that is up, for one who sits at this terminal.
 *
 * @param files every spec file that may be shown
 * @param keys what a person may press
 * @param show returns the exit code
 */
export async function atTerminal<Wish extends string>(
  files: readonly string[],
  keys: KeyMap<Wish>,
  show: (terminal: Terminal<Wish>) => Promise<number>,
): Promise<number> {
  const { PRESENT } = given('PRESENT');
  await mkdir(stateDir, { recursive: true });
  await lockLab();
  await useLab();
  const lab = await describeLab(files);
  const person = process.stdin.isTTY && PRESENT !== 'auto' ? new Keys<Wish>(process.stdin, keys) : undefined;
  let signalled = false;
  const stopAtNext = (): void => {
    signalled = true;
    person?.end();
  };
  // The exercise takes everything back, however it ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal).on(signal, stopAtNext);
  const stopped = (): boolean => signalled || person?.quit === true;
  const presenter = join(stateDir, 'presenter.sock');
  const resultsDir = join(stateDir, 'presented-results');
  const present = async (file: string, listen: Listener): Promise<Tally> => {
    const wire = await presentOn(presenter, async (told) => !stopped() && (await listen(told)) && !stopped());
    try {
      return await runLessons([file], { lab, resultsDir, presenter });
    } finally {
      wire.close();
    }
  };
  try {
    return await show({ wish: person && (() => person.wish()), stopped, present });
  } finally {
    person?.close();
  }
}
