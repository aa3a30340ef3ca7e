/** Public sources by their age, with what each is cited for. */
import type { Cards, FiledStatement } from './cards.ts';
import { statementsOf } from './cards.ts';
import type { Curriculum } from './curriculum.ts';
import type { Source } from './sources.ts';

/** A source and every place that rests on it. */
export interface CitedSource extends Source {
  /** Whole days since somebody read it. */
  readonly ageDays: number;
  /** Statements by the file below specs/ and its field, and errata by their ids. */
  readonly citedBy: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Sources with what cites them, the one that was read longest ago first.
 *
 * @param practice sentences for customers that belong to no module
 */
export function citedSources(
  curriculum: Curriculum,
  cards: Cards,
  practice: readonly FiledStatement[],
  today: Date,
): CitedSource[] {
  const statements = [...statementsOf(curriculum, cards), ...practice];
  return curriculum.sources
    .map((source) => ({
      ...source,
      ageDays: Math.floor((today.getTime() - Date.parse(source.read)) / dayMs),
      citedBy: [
        ...statements
          .filter(({ told }) => told.backing.source === source.id)
          .map(({ path, told }) => `specs/${path}: “${told.words}”`),
        ...curriculum.errata
          .filter((erratum) => erratum.source === source.id || erratum.toldBy === source.id)
          .map(({ id, claim }) => `${id}: “${claim}”`),
      ],
    }))
    .toSorted((a, b) => b.ageDays - a.ageDays);
}
