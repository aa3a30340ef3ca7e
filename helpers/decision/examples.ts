/** A customer for tests: a group of each sort, on nodes that have more pods than it takes. */
import type { NamespaceGroup } from '../roi/namespaces.ts';
import type { Customer } from './customer.ts';

/** A group that asks for nothing in particular. */
export function groupNamed(name: string, changed: Partial<NamespaceGroup> = {}): NamespaceGroup {
  return {
    name,
    services: 10,
    pods: 100,
    ownNodes: undefined,
    waypoints: 0,
    httpPercent: 0,
    today: 'no proxy',
    asks: [],
    ...changed,
  };
}

/** A customer with these groups, and with ten nodes beside those that groups have alone. */
export function customerWith(...groups: readonly NamespaceGroup[]): Customer {
  return {
    company: 'Acme',
    persona: 'Ada',
    infrastructure: {
      dataPlane: 'ambient',
      pods: groups.reduce((sum, { pods }) => sum + pods, 0),
      nodes: 10 + groups.reduce((sum, { ownNodes = 0 }) => sum + ownNodes, 0),
      waypoints: groups.reduce((sum, { waypoints }) => sum + waypoints, 0),
      dollarsPerCpu: 25,
      dollarsPerGiB: 3,
      basis: 'assumed',
      counted: undefined,
    },
    namespaces: { waypointReplicas: 2, groups: [...groups], basis: 'assumed' },
  };
}
