import type { Observation } from '../record/observation.ts';

/** Who takes part in a story; one place in the picture. */
export interface Role {
  /** Of those who called, where there are several clusters. */
  readonly cluster?: string;
  readonly name: string;
  /** Known for those who called; of those only called, the evidence does not say. */
  readonly namespace: string | undefined;
}

/** One call between two roles, and how often it was seen. */
export interface Call {
  readonly from: Role;
  readonly to: Role;
  readonly seen: Observation;
  readonly times: number;
}

/**
 * The roles of a story in the order to draw them: callers of one namespace beside each other, those never called first,
 * then those called as well, then those only called. So most arrows point to the right.
 */
export function rolesOf(observations: readonly Observation[]): Role[] {
  const callers = distinct(observations.map(callerOf));
  const called = distinct(observations.map((seen) => calledBy(seen, callers)));
  const isCalled = (role: Role) => called.some((other) => same(role, other));
  const ordered = distinct([...callers.filter((role) => !isCalled(role)), ...callers.filter(isCalled), ...called]);
  return [...Map.groupBy(ordered, ({ namespace }) => namespace)]
    .toSorted(([a], [b]) => Number(a === undefined) - Number(b === undefined))
    .flatMap(([, group]) => group);
}

/** The calls of a step between the roles of its story; calls that went and ended alike count as one. */
export function callsOf(observations: readonly Observation[], roles: readonly Role[]): Call[] {
  const likeness = ({ cluster, caller, callerNamespace, target, request, verdict, signature }: Observation) =>
    JSON.stringify([cluster, caller, callerNamespace, target, request, verdict, signature]);
  return [...Map.groupBy(observations, likeness).values()].flatMap((alike) => {
    const [seen] = alike;
    return seen === undefined ? [] : [{ from: callerOf(seen), to: calledBy(seen, roles), seen, times: alike.length }];
  });
}

/** True for one and the same role: names are unique within a namespace of a cluster only. */
export function same(one: Role, other: Role): boolean {
  return one.name === other.name && one.namespace === other.namespace && one.cluster === other.cluster;
}

function callerOf({ cluster, caller, callerNamespace }: Observation): Role {
  return { name: caller, namespace: callerNamespace, ...(cluster === '' ? {} : { cluster }) };
}

/** Who was called: a role of that name beside the caller, else the only one elsewhere, else one of unknown home. */
function calledBy({ cluster, target, callerNamespace }: Observation, roles: readonly Role[]): Role {
  const namesakes = roles.filter(({ name, namespace }) => name === target && namespace !== undefined);
  const beside = namesakes.find((role) => role.namespace === callerNamespace && (role.cluster ?? '') === cluster);
  return beside ?? (namesakes.length === 1 ? namesakes[0] : undefined) ?? { name: target, namespace: undefined };
}

function distinct(roles: readonly Role[]): Role[] {
  return roles.filter((role, index) => roles.findIndex((other) => same(role, other)) === index);
}
