/** Words of a player that sound like something wrong. */
import { assertionsOf, type Curriculum, type KnownErratum } from './curriculum.ts';
import type { Trap } from './role-play.ts';

/** Something that a player seems to have said, and what is true. */
export interface Slip {
  /** The words that sound like it. */
  readonly words: string;
  /** What is wrong, and what is true instead. */
  readonly truths: readonly string[];
}

type Known = Pick<Curriculum, 'errata' | 'modules'>;

/** What in an answer sounds like its trap, or like what any erratum forbids; each once. */
export function slipsIn(answer: string, trap: Trap, curriculum: Known): Slip[] {
  const { phrases = [], errata = [] } = trap;
  const own = found(answer, [...phrases, ...phrasesOf(curriculum, errata)]);
  const others = curriculum.errata
    .filter(({ id }) => !errata.includes(id))
    .flatMap((erratum) => found(answer, erratum.phrases ?? []).map((words) => ({ words, truths: [truthOf(erratum)] })));
  return [...own.slice(0, 1).map((words) => ({ words, truths: truthsOf(trap, curriculum) })), ...others];
}

/** What is true instead of a trap: the errata, what results show, or that it is our opinion. */
export function truthsOf({ errata = [], provenBy = [] }: Trap, curriculum: Known): string[] {
  const told = curriculum.errata.filter(({ id }) => errata.includes(id)).map(truthOf);
  const shown = assertionsOf(curriculum)
    .filter(({ id }) => errata.length === 0 && provenBy.includes(id))
    .map(({ id, requires }) => `${id}: ${requires}`);
  return told.length + shown.length === 0 ? ['That it is wrong is our opinion.'] : [...told, ...shown];
}

function truthOf({ id, truth }: KnownErratum): string {
  return `${id}: ${truth}`;
}

function phrasesOf({ errata }: Known, ids: readonly string[]): string[] {
  return errata.filter(({ id }) => ids.includes(id)).flatMap(({ phrases = [] }) => phrases);
}

function found(text: string, phrases: readonly string[]): string[] {
  return phrases.flatMap((phrase) => new RegExp(phrase, 'i').exec(text)?.[0] ?? []);
}
