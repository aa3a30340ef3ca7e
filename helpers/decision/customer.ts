import { ambientRequests, breakEvenWaypointPods, sidecarRequests } from '../roi/footprint.ts';
import type { Inputs } from '../roi/inputs.ts';
import type { NamespaceGroup, Namespaces, wishes } from '../roi/namespaces.ts';

/** Somebody who has to choose a data plane. */
export type Customer = Pick<Inputs, 'company' | 'persona' | 'infrastructure'> & { readonly namespaces: Namespaces };

export type Wish = (typeof wishes)[number];

/** Those of some inputs that tell of namespaces: without these there is nothing to choose for. */
export function customersIn(all: readonly Inputs[]): Customer[] {
  return all.flatMap(({ company, persona, infrastructure, namespaces }) =>
    namespaces === undefined ? [] : [{ company, persona, infrastructure, namespaces }],
  );
}

/** True of a group that no proxy can serve, whichever it is. */
export function isOutside({ asks }: NamespaceGroup): boolean {
  return asks.includes('host network or UDP');
}

/** Groups that may have a proxy. */
export function inMesh({ namespaces }: Customer): NamespaceGroup[] {
  return namespaces.groups.filter((group) => !isOutside(group));
}

/** Names of groups, as lines have them. */
export function namesOf(groups: readonly NamespaceGroup[]): string[] {
  return groups.map(({ name }) => name);
}

/** Nodes with all that runs on them: those that groups share, or those that one has alone. */
export interface Pool {
  readonly groups: readonly NamespaceGroup[];
  readonly nodes: number;
  readonly pods: number;
  /** Pods of waypoints, with the replicas that the customer wants. */
  readonly waypointPods: number;
}

/** The nodes of a customer, shared ones first. */
export function poolsOf(customer: Customer): Pool[] {
  const { groups } = customer.namespaces;
  const own = groups.filter(({ ownNodes }) => ownNodes !== undefined);
  const shared = groups.filter(({ ownNodes }) => ownNodes === undefined);
  const left = customer.infrastructure.nodes - own.reduce((sum, { ownNodes = 0 }) => sum + ownNodes, 0);
  return [
    ...(shared.length === 0 ? [] : [poolOf(customer, shared, left)]),
    ...own.map((group) => poolOf(customer, [group], group.ownNodes ?? 0)),
  ];
}

function poolOf(customer: Customer, groups: readonly NamespaceGroup[], nodes: number): Pool {
  const served = groups.filter((group) => !isOutside(group));
  const waypoints = served.reduce((sum, group) => sum + group.waypoints, 0);
  return {
    groups: served,
    nodes,
    pods: served.reduce((sum, { pods }) => sum + pods, 0),
    waypointPods: waypoints * customer.namespaces.waypointReplicas,
  };
}

/** What sidecars and ambient ask for on some nodes, and with how many pods of waypoints both ask for as much. */
export function requestsIn({ pods, nodes, waypointPods }: Pick<Pool, 'pods' | 'nodes' | 'waypointPods'>) {
  return {
    sidecars: sidecarRequests(pods),
    ambient: ambientRequests(nodes, waypointPods),
    breakEven: breakEvenWaypointPods(pods, nodes),
  };
}
