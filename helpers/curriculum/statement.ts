import { assertionsOf, type Curriculum, isToCome } from './curriculum.ts';

/**
 * What stands behind a sentence: results, or a dated public source, or both; else an erratum whose truth it repeats; else
 * nothing, and then it says that it is an opinion.
 */
export interface Backing {
  /** Assertion ids of the curriculum. */
  readonly provenBy?: readonly string[];
  /** Id of a source in specs/curriculum/sources.yaml. */
  readonly source?: string;
  /** Nothing proves it: it is a judgement, and says so. */
  readonly opinion?: boolean;
  /** Exercises still to come that take it up. */
  readonly later?: readonly string[];
  /** Wrong claims that it sets right, by their ids in specs/curriculum/errata.yaml. */
  readonly errata?: readonly string[];
}

/** A sentence that a customer may hear. */
export interface Statement extends Backing {
  readonly says: string;
}

/** An answer to something that the customer asks, needs or objects to. */
export interface Answer extends Backing {
  readonly answer: string;
}

/** Words of the other side. What is answered judges them, so they need no backing. */
export interface Quote {
  readonly says: string;
  /** Where a course text has them: text and line, e.g. `S1:202`. Where none has, they were written for this course. */
  readonly seed?: string;
}

/** A sentence somewhere in a card. */
export interface Told {
  /** Where it stands, e.g. `counter[2]`. */
  readonly field: string;
  /** The sentence, or what it answers. */
  readonly words: string;
  readonly backing: Backing;
}

/** Statements of one field of a card. */
export function toldIn(field: string, statements: readonly Statement[] = []): Told[] {
  return statements.map((each, index) => ({ field: `${field}[${index}]`, words: each.says, backing: each }));
}

/** What is wrong with what stands behind the sentences of a card, one line each. */
export function backingFaults(told: readonly Told[], curriculum: Curriculum): string[] {
  return told.flatMap(({ field, words, backing }) =>
    faultsOf(backing, curriculum).map((fault) => `${field}: “${words}” ${fault}`),
  );
}

function faultsOf(backing: Backing, curriculum: Curriculum): string[] {
  const { opinion = false, source } = backing;
  const proven = backing.provenBy !== undefined && backing.provenBy.length > 0;
  const shows = backing.errata !== undefined && backing.errata.length > 0;
  const known = proven || source !== undefined;
  return [
    ...citationFaults(backing, curriculum),
    ...(known || shows || opinion ? [] : ['cites nothing and is not labelled as opinion']),
    ...(known && opinion ? [`is labelled as opinion and cites ${proven ? 'results' : 'a source'}`] : []),
  ];
}

/** What a backing names that is not there. */
function citationFaults({ provenBy = [], source, later = [], errata = [] }: Backing, curriculum: Curriculum): string[] {
  const asserted = assertionsOf(curriculum).filter(({ follows }) => follows === undefined);
  const without = (ids: readonly string[], known: readonly { readonly id: string }[]) =>
    ids.filter((id) => !known.some((each) => each.id === id));
  return [
    ...without(provenBy, asserted).map((id) => `cites ${id}, which no exercise can assert`),
    ...without(source === undefined ? [] : [source], curriculum.sources).map((id) => `cites ${id}, which is no source`),
    ...without(errata, curriculum.errata).map((id) => `names ${id}, which is no erratum`),
    ...later.filter((id) => !isToCome(id, curriculum)).map((id) => `puts ${id} off, which is not later`),
  ];
}
