import type { AssertionResult } from '../record/assertion-results.ts';
import { type Cards, citedFor } from './cards.ts';
import { type Assertion, assertionsOf, type Curriculum } from './curriculum.ts';

/** From best to worst, so that what rests on several results is as good as the worst of them. */
const states = ['proven', 'skipped', 'open', 'failed'] as const;

/** How an assertion of the curriculum stands after a run. */
export interface AssertionStatus {
  readonly id: string;
  readonly state: (typeof states)[number];
  /** Why it is not proven, one line; empty when it is. */
  readonly reason: string;
  /** The exercise that decided: its claim and its page in the report. */
  readonly by?: { readonly claim: string; readonly page: string };
}

/**
 * How each assertion of the curriculum stands: proven when every exercise that names it and ran has passed.
 *
 * @param cards what the answers on them cite, for assertions that follow from others
 * @param claims specs that name an id on their card, by id, whether they ran or not
 * @param assertionResults what the run judged
 */
export function coverage(
  { modules }: Pick<Curriculum, 'modules'>,
  cards: Cards,
  claims: ReadonlyMap<string, readonly string[]>,
  assertionResults: readonly AssertionResult[],
): AssertionStatus[] {
  return assertionsOf({ modules }).map((each) => statusOf(each, cards, assertionResults, claims));
}

/** How one assertion stands, by the exercises that assert it, or by the results that it follows from. */
export function statusOf(
  { id, follows }: Pick<Assertion, 'id' | 'follows'>,
  cards: Cards,
  assertionResults: readonly AssertionResult[],
  claims: ReadonlyMap<string, readonly string[]> = new Map(),
): AssertionStatus {
  if (follows === undefined) return assertionStatus(id, assertionResults, claims.get(id));
  const cited = typeof follows === 'string' ? citedFor(id, follows, cards) : follows;
  return restingOn(
    id,
    cited.map((each) => assertionStatus(each, assertionResults, claims.get(each))),
  );
}

/**
 * How one id stands that exercises assert. Each of them proves a part of it, so it is proven when all that were run passed:
 * one that was skipped leaves its part unproven.
 */
export function assertionStatus(
  id: string,
  assertionResults: readonly AssertionResult[],
  claimedBy: readonly string[] = [],
): AssertionStatus {
  const judged = assertionResults
    .filter(({ ids }) => ids.includes(id))
    .map((proof) => ({ proof, state: stateOf(proof) }))
    .toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  const decisive = judged.at(-1);
  if (decisive === undefined) {
    const reason =
      claimedBy.length === 0 ? 'no exercise proves it yet' : `${claimedBy.join(', ')} was not part of the run`;
    return { id, state: 'open', reason };
  }
  const { claim, page, reason } = decisive.proof;
  return { id, state: decisive.state, reason: decisive.state === 'proven' ? '' : reason, by: { claim, page } };
}

/** Ids on cards that the curriculum does not know, with the specs that name them. */
export function unknownClaims(
  { modules }: Pick<Curriculum, 'modules'>,
  claims: ReadonlyMap<string, readonly string[]>,
): string[] {
  const known = new Set(modules.flatMap(({ exercises }) => exercises.flatMap((each) => each.assertions)).map(idOf));
  return [...claims].filter(([id]) => !known.has(id)).map(([id, specs]) => `${id}, named by ${specs.join(', ')}`);
}

/** One line a module: `m1: 60 proven, 6 skipped, 20 open`; failures are told when there are any. */
export function summary(module: string, assertionStatuses: readonly AssertionStatus[]): string {
  const own = assertionStatuses.filter(({ id }) => id.startsWith(`${module}.`));
  const count = (state: AssertionStatus['state']) => own.filter((each) => each.state === state).length;
  const failed = count('failed') === 0 ? '' : `${count('failed')} failed, `;
  return `${module}: ${count('proven')} proven, ${failed}${count('skipped')} skipped, ${count('open')} open`;
}

function stateOf({ status }: AssertionResult): AssertionStatus['state'] {
  if (status === 'passed') return 'proven';
  return status === 'skipped' ? 'skipped' : 'failed';
}

/** How an id stands that rests on others: as the worst of them. */
export function restingOn(id: string, cited: readonly AssertionStatus[]): AssertionStatus {
  if (cited.length === 0) return { id, state: 'open', reason: 'no answer cites a result' };
  const state = states[Math.max(...cited.map((each) => states.indexOf(each.state)))] ?? 'open';
  const worst = cited.filter((each) => each.state === state && state !== 'proven').map(idOf);
  return { id, state, reason: worst.length === 0 ? '' : `rests on ${worst.join(', ')}` };
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
