/** A set-up that claims of one exercise share: they play on it one after another, in whichever processes they run. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stateDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';

/**
 * How many claims of a run find the set-up of an exercise as those before them left it, by its path, e.g.
 * `{ '01-foundation/04-network-policy': 4 }`; a claim that is played several times counts as often. Claims of an exercise
 * that is not in it deploy anew.
 */
export type SharedClaims = Readonly<Record<string, number>>;

/** What claims leave for those after them. */
interface Progress {
  /** True while the set-up is on the cluster. */
  readonly deployed: boolean;
  /** How many claims have ended. */
  readonly ended: number;
}

const turnsDir = join(stateDir, 'shared-setups');

/** Forgets what an earlier run left; none that goes on may have a turn. */
export async function forgetTurns(): Promise<void> {
  await rm(turnsDir, { recursive: true, force: true });
}

/** One claim's turn on a shared set-up. */
export class SharedSetup {
  readonly #file: string;
  readonly #claims: number;
  #ended: number;
  /** True while the set-up is on the cluster, as a claim was seen to have left it. */
  #deployed: boolean;

  private constructor(file: string, claims: number, { ended, deployed }: Progress) {
    this.#file = file;
    this.#claims = claims;
    this.#ended = ended;
    // Of a run in which nothing is shared, nobody has seen that anything was left.
    this.#deployed = deployed && claims > 1;
  }

  /**
   * Waits for a turn.
   *
   * @param exercise its path, e.g. `01-foundation/04-network-policy`
   * @param claims how many claims of this run share its set-up; 1 where each is to deploy anew
   * @param folder where turns are kept
   * @throws {Error} if those before it do not end
   */
  static async take(exercise: string, claims: number, folder = turnsDir): Promise<SharedSetup> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, exercise.replaceAll('/', '.'));
    const taken = await converge(
      () => begin(file),
      (created) => created,
      { deadlineMs: timeouts.turnMs },
    );
    if (!taken.holds) throw new Error(`No turn on the set-up of ${exercise}: the claim that has it does not end`);
    const text = await readFile(file, 'utf8').catch(() => '{"deployed":false,"ended":0}');
    return new SharedSetup(file, claims, JSON.parse(text) as Progress);
  }

  /** True if other claims of this run play on it too. */
  get isShared(): boolean {
    return this.#claims > 1;
  }

  /** True if no claim of this run comes after this one. */
  get isLast(): boolean {
    return this.#ended + 1 >= this.#claims;
  }

  /** True if the set-up is on the cluster. From here on it counts as gone, until it is seen to be {@link leave left} as it was. */
  takeOver(): boolean {
    const there = this.#deployed;
    this.#deployed = false;
    return there;
  }

  /** Leaves the set-up to the next claim. */
  leave(): void {
    this.#deployed = true;
  }

  /**
   * The claim was played, and is played again in the same turn, on a set-up that is deployed anew: its calls have the marks of
   * the earlier play, whose lines and counts would be taken for its own.
   */
  again(): void {
    this.#ended += 1;
    this.#deployed = false;
  }

  /** Ends the turn, for the next to begin. */
  async end(): Promise<void> {
    const left: Progress = { deployed: this.#deployed, ended: this.#ended + 1 };
    await writeFile(this.#file, JSON.stringify(left));
    await rm(`${this.#file}.turn`);
  }
}

/** Begins a turn: creates the file that says whose it is; false while it is another's. */
async function begin(file: string): Promise<boolean> {
  const turn = `${file}.turn`;
  try {
    await writeFile(turn, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = Number(await readFile(turn, 'utf8').catch(() => '0'));
    if (owner === 0 || lives(owner)) return false;
    // Only one of those who wait gets the turn of a process that died; nobody knows what it has left of the set-up.
    const dead = `${turn}.${process.pid}`;
    const got = await rename(turn, dead).then(
      () => true,
      () => false,
    );
    if (got) for (const each of [file, dead]) await rm(each, { force: true });
    return false;
  }
}

function lives(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
