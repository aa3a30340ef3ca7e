/** A record of decisions that is made from results: for each group of namespaces what to take, and why. */
import type { NamespaceGroup } from '../roi/namespaces.ts';
import { type Customer, isOutside } from './customer.ts';
import type { Line, Towards } from './line.ts';
import { rules } from './rules.ts';
import { nothingShown, notShown, type Shown } from './shown.ts';

export type Choice = 'outside of the mesh' | 'sidecars' | 'ambient at layer 4' | 'ambient with a waypoint' | 'open';

/** What to take for one group. */
export interface Recommendation {
  readonly group: NamespaceGroup;
  readonly choice: Choice;
  /** What decided it; of an open one, what a run would have to show. */
  readonly because: readonly Line[];
  /** What must be done with it. */
  readonly heed: readonly Line[];
  /** What speaks for the other one, and was outweighed. */
  readonly against: readonly Line[];
}

/** All that is decided for one customer. */
export interface DecisionRecord {
  readonly customer: Customer;
  readonly recommendations: readonly Recommendation[];
  readonly lines: readonly Line[];
}

/** Makes the record of a customer out of what a run has shown. */
export function decisionRecord(customer: Customer, shown: Shown): DecisionRecord {
  const lines = rules
    .flatMap((rule) => rule(customer, shown))
    .map((draft) => Object.assign(draft, { state: stateOf(draft.ids, shown) }));
  return { customer, lines, recommendations: customer.namespaces.groups.map((group) => recommend(group, lines)) };
}

/** Every assertion that the rules cite to a customer, in their order. */
export function citedIds(customer: Customer): string[] {
  return [...new Set(rules.flatMap((rule) => rule(customer, nothingShown)).flatMap(({ ids }) => ids))];
}

function stateOf(ids: readonly string[], shown: Shown): Line['state'] {
  if (ids.length === 0) return 'opinion';
  return notShown(ids, shown).length === 0 ? 'shown' : 'not shown';
}

/**
 * What settles a group comes first, then what is needed before it moves, then what speaks for moving. A line that is not
 * shown decides nothing: where it would have had to, the group is left open.
 */
function recommend(group: NamespaceGroup, lines: readonly Line[]): Recommendation {
  const own = lines.filter(({ groups }) => groups.includes(group.name));
  const that = (towards: Towards, state: Line['state']) =>
    own.filter((line) => line.towards === towards && line.state === state);
  const chosen = (choice: Choice, because: readonly Line[], heed: readonly Line[] = []) => {
    const against = choice === 'sidecars' ? that('ambient', 'shown') : [];
    return { group, choice, because, heed, against };
  };
  const settling = isOutside(group) ? 'outside' : 'sidecars';
  const settled = that(settling, 'shown');
  if (settled.length > 0) return chosen(settling === 'outside' ? 'outside of the mesh' : 'sidecars', settled);
  const missing = [...that(settling, 'not shown'), ...that('needed', 'not shown')];
  if (missing.length > 0) return chosen('open', missing);
  const speaking = that('ambient', 'shown');
  if (speaking.length === 0) return chosen('open', that('ambient', 'not shown'));
  return chosen(
    group.httpPercent > 0 ? 'ambient with a waypoint' : 'ambient at layer 4',
    speaking,
    that('needed', 'shown'),
  );
}
