/** What groups of a customer's namespaces ask of a data plane. */
import { percentage, quantities, stated } from './cost-line.ts';
import type { Fields } from './fields.ts';
import type { Inputs } from './inputs.ts';

/** What a group may ask for, or have, beside calls that are encrypted and callers that are known. */
export const wishes = [
  /** EnvoyFilters or Wasm plugins that select pods by labels. */
  'filters by selector',
  /** Pods that nobody vouches for run in the network of its nodes. */
  'strangers on its nodes',
  /** NetworkPolicies or firewalls in front of it name ports. */
  'port rules',
  /** Whoever is shut out is to lose open calls too. */
  'open calls cut',
  /** Its pods are in the network of the node, or speak UDP. */
  'host network or UDP',
] as const;

/** A group of namespaces that are alike. */
export type NamespaceGroup = ReturnType<typeof readGroup>;
/** All groups of a customer. */
export type Namespaces = ReturnType<typeof readNamespaces>;

/** Reads the groups of an inputs file. */
export function readNamespaces(fields: Fields) {
  return {
    /** Pods of each waypoint: with one, its loss is the loss of the waypoint. */
    waypointReplicas: fields.number('waypointReplicas', [1, 100]),
    groups: fields.each('groups', readGroup),
    basis: fields.choice('basis', stated),
  };
}

function readGroup(group: Fields) {
  const read = {
    name: group.text('name'),
    services: group.number('services', quantities),
    pods: group.number('pods', [1, quantities[1]]),
    /** Nodes on which no other group runs; without them it shares those that are left. */
    ownNodes: group.numberIfGiven('ownNodes', [1, quantities[1]]),
    waypoints: group.number('waypoints', quantities),
    /** Share of its services that have rules or routes by HTTP. */
    httpPercent: group.number('httpPercent', percentage),
    today: group.choice('today', ['no proxy', 'sidecars']),
    asks: group.choicesIfGiven('asks', wishes),
  };
  if (read.httpPercent > 0 && read.waypoints === 0) {
    group.refuse('waypoints', 'at least 1 where services have rules or routes by HTTP');
  }
  return read;
}

/** Why groups do not fit the machines of the same customer; undefined where they do, or where there are none. */
export function namespaceFaults({
  namespaces,
  infrastructure,
  team,
}: Pick<Inputs, 'namespaces' | 'infrastructure' | 'team'>): string | undefined {
  if (namespaces === undefined) return undefined;
  const sum = (of: (group: NamespaceGroup) => number) => namespaces.groups.reduce((all, group) => all + of(group), 0);
  const together = { pods: sum(({ pods }) => pods), waypoints: sum(({ waypoints }) => waypoints) };
  const differs = (['pods', 'waypoints'] as const).find((name) => together[name] !== infrastructure[name]);
  if (differs !== undefined)
    return `groups of namespaces have ${together[differs]} ${differs} together; accepted: those of infrastructure, ${infrastructure[differs]}`;
  if (sum(({ services }) => services) > team.services)
    return `groups of namespaces have more services than the team; accepted: up to ${team.services}`;
  const shared = infrastructure.nodes - sum(({ ownNodes = 0 }) => ownNodes);
  const isShared = namespaces.groups.some(({ ownNodes }) => ownNodes === undefined);
  return shared < 0 || (isShared && shared === 0)
    ? `groups of namespaces have nodes of their own, and leave ${shared} of ${infrastructure.nodes} for the others`
    : undefined;
}
