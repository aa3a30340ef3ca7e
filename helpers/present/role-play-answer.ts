import type { Curriculum } from '../curriculum/curriculum.ts';
import { type Slip, slipsIn } from '../curriculum/role-play-traps.ts';
import type { Objection } from '../curriculum/role-play.ts';
import { idsIn, type Stands } from '../curriculum/standing.ts';
import { labelled } from './demo-lines.ts';
import { bearingLines } from './role-play-lines.ts';
import { bearingOf } from './role-play-score.ts';

/** What a player says to one objection, and what of it can be checked. */
export class RolePlayAnswer {
  readonly #objection: Objection;
  readonly #stands: Stands;
  readonly #curriculum: Pick<Curriculum, 'errata' | 'modules'>;
  readonly #said: string[] = [];
  readonly #named = new Set<string>();

  constructor(objection: Objection, stands: Stands, curriculum: Pick<Curriculum, 'errata' | 'modules'>) {
    this.#objection = objection;
    this.#stands = stands;
    this.#curriculum = curriculum;
  }

  /** All that was said, a sentence a line; empty before. */
  get words(): string {
    return this.#said.join('\n');
  }

  /** True once an id was named that is proven and answers the objection. */
  get bears(): boolean {
    return [...this.#named].some((id) => bearingOf(id, this.#objection, this.#stands) === 'bears');
  }

  /** Ids that were named and are proven. */
  get proven(): string[] {
    return [...this.#named].filter((id) => this.#stands(id).state === 'proven');
  }

  /** Ids that were said, are of the course, and are not proven. */
  get unproven(): string[] {
    return idsIn(this.words).filter((id) => !['proven', 'unknown'].includes(this.#stands(id).state));
  }

  /** Takes a sentence of the player, with the ids in it. */
  say(words: string): void {
    this.#said.push(words);
    for (const id of idsIn(words)) this.#named.add(id);
  }

  /** Takes evidence that was called up: it lies on the table. */
  callUp(id: string): void {
    this.#named.add(id);
  }

  /** What in it sounds wrong. */
  slips(): Slip[] {
    return slipsIn(this.words, this.#objection.trap, this.#curriculum);
  }

  /** What naming each id came to, and which others would have answered it. */
  bearingLines(width: number): string[] {
    const lines = [...this.#named].flatMap((id) =>
      bearingLines(this.#stands(id), bearingOf(id, this.#objection, this.#stands), width),
    );
    if (this.bears) return lines;
    const { provenBy = [] } = this.#objection.result;
    const others = provenBy.filter((id) => !this.#named.has(id) && this.#stands(id).state === 'proven');
    return [
      ...lines,
      ...others.flatMap((id) => labelled('', `It would have borne on it: ${id} ${this.#stands(id).requires}`, width)),
    ];
  }
}
