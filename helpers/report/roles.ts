import type { Sighting } from '../evidence.ts';

/** Who takes part in a story; one place in the picture. */
export interface Role {
  readonly name: string;
  /** Known for those who called; of those only called, the evidence does not say. */
  readonly namespace: string | undefined;
}

/**
 * The roles of a story in the order to draw them: callers of one namespace beside each other, those never called first,
 * then those called as well, then those only called. So most arrows point to the right.
 */
export function rolesOf(sightings: readonly Sighting[]): Role[] {
  const homes = new Map(sightings.map(({ caller, callerNamespace }) => [caller, callerNamespace]));
  const called = new Set(sightings.map(({ target }) => target));
  const callers = [...homes.keys()];
  const ordered = [
    ...callers.filter((name) => !called.has(name)),
    ...callers.filter((name) => called.has(name)),
    ...[...called].filter((name) => !homes.has(name)),
  ];
  const roles = ordered.map((name) => ({ name, namespace: homes.get(name) }));
  return [...Map.groupBy(roles, ({ namespace }) => namespace).entries()]
    .toSorted(([a], [b]) => Number(a === undefined) - Number(b === undefined))
    .flatMap(([, group]) => group);
}
