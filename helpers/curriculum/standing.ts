import type { AssertionResult } from '../record/assertion-results.ts';
import type { Cards } from './cards.ts';
import { type AssertionStatus, statusOf } from './coverage.ts';
import { assertionsOf, type Curriculum, isToCome } from './curriculum.ts';
import type { Backing } from './statement.ts';

/** How an id stands that somebody names as evidence. */
export interface Standing extends Omit<AssertionStatus, 'state'> {
  /** `later`: not taught yet. `unknown`: nothing in the curriculum has that id. */
  readonly state: AssertionStatus['state'] | 'later' | 'unknown';
  /** What must be seen, in the words of the curriculum; empty where it has none. */
  readonly requires: string;
}

/** How an id stands after the run that evidence is taken from. */
export type Stands = (id: string) => Standing;

/** True where all that a sentence cites is proven, so that it may be said. */
export function holds({ provenBy = [] }: Backing, stands: Stands): boolean {
  return provenBy.every((id) => stands(id).state === 'proven');
}

/** Ids of the curriculum, of an assertion or of what holds some, wherever they stand in a text. */
const ids = /\b(?:[mM]\d+(?:\.(?:[a-z]+\d*))*|[xX]\.\d+)\b/g;

/** Ids that a text names, in small letters, each once. */
export function idsIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(ids), ([id]) => id.toLowerCase()))];
}

const notJudged = 'no exercise of that run judged it';

/** How an id stands after a run. @param cards what the answers on them cite, for ids that rest on others */
export function standingOf(
  id: string,
  curriculum: Pick<Curriculum, 'modules'>,
  cards: Cards,
  results: readonly AssertionResult[],
): Standing {
  const assertion = assertionsOf(curriculum).find((each) => each.id === id);
  if (assertion !== undefined) {
    const { requires, follows } = assertion;
    const status = statusOf(assertion, cards, results);
    const isUnjudged = status.state === 'open' && follows === undefined;
    return { ...status, requires, ...(isUnjudged ? { reason: notJudged } : {}) };
  }
  const [own] = assertionsAbout(id, curriculum);
  if (own !== undefined)
    return { id, state: 'unknown', requires: '', reason: `name one of its assertions, such as ${own}` };
  if (!isToCome(id, curriculum))
    return { id, state: 'unknown', requires: '', reason: 'the curriculum has no such assertion' };
  return { id, state: 'later', requires: '', reason: whyLater(id, curriculum) };
}

function whyLater(id: string, { modules }: Pick<Curriculum, 'modules'>): string {
  if (id.startsWith('x.')) return 'no module takes it up yet';
  const named = `Module ${/\d+/.exec(id)?.[0]}`;
  const isPart = modules.some(({ module }) => id.startsWith(`${module}.`));
  return isPart ? `this part of ${named} is not taught yet` : `${named} is not taught yet`;
}

/** Assertions of an exercise, or those in whose words all of some words stand, in the order of the curriculum. */
export function assertionsAbout(text: string, curriculum: Pick<Curriculum, 'modules'>): string[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  return assertionsOf(curriculum)
    .filter(({ follows }) => follows === undefined)
    .filter(({ id, requires }) => {
      const told = requires.toLowerCase();
      return id.startsWith(`${words[0]}.`) ? words.length === 1 : words.every((word) => told.includes(word));
    })
    .map(({ id }) => id);
}
