import type { MutantCandidate } from './candidates.ts';
import { type MutantRow, readMutantRun, withNewMutants, writeMutantRun } from './mutant-run.ts';
import { reasonsOf } from './reasons.ts';
import type { MutantEnd } from './verdict.ts';

/**
 * How the mutants of one run ended. Each end is kept for the report as it comes: a run of hours that is interrupted has
 * not been for nothing.
 */
export class MutantEnds {
  readonly rows: MutantRow[] = [];
  readonly #startedAt = new Date().toISOString();
  readonly #all: readonly MutantCandidate[];
  readonly #tell: (row: MutantRow, howMany: number) => void;
  #written = Promise.resolve();

  /**
   * @param all every mutant that exists; what was kept of others goes
   * @param tell says how one ended, and how many have by now
   */
  constructor(all: readonly MutantCandidate[], tell: (row: MutantRow, howMany: number) => void) {
    this.#all = all;
    this.#tell = tell;
  }

  /** One has ended; it is kept once those before it are. */
  add(candidate: MutantCandidate, end: Pick<MutantEnd, 'end' | 'reason'>): void {
    this.#written = this.#written.then(() => this.#keep(candidate, end));
  }

  /** Ends when all that were added are kept. */
  async kept(): Promise<void> {
    await this.#written;
  }

  async #keep({ path, name }: MutantCandidate, { end, reason }: Pick<MutantEnd, 'end' | 'reason'>): Promise<void> {
    const row = { end, reason, mutant: name, path, allowed: (await reasonsOf(path))[name] ?? '' };
    this.rows.push(row);
    this.#tell(row, this.rows.length);
    const exists = (old: MutantRow) => this.#all.some((each) => each.path === old.path && each.name === old.mutant);
    const run = { startedAt: this.#startedAt, rows: [...this.rows] };
    await writeMutantRun(withNewMutants(await readMutantRun(), run, exists));
  }
}
