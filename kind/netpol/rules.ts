import type { V1Namespace, V1NetworkPolicy, V1Pod } from '@kubernetes/client-node';

import { type Endpoint, endpoints } from './endpoints.ts';
import { type NamespaceLabels, type Peers, resolvePeers, sources } from './peers.ts';
import { type Ports, resolvePorts } from './ports.ts';
import { holds } from './ranges.ts';
import { selects } from './selectors.ts';

/** What the engine knows of the cluster. */
export interface ClusterView {
  readonly pods: readonly V1Pod[];
  readonly namespaces: readonly V1Namespace[];
  readonly policies: readonly V1NetworkPolicy[];
}

export type Direction = 'ingress' | 'egress';

/** One rule of a policy: peers and ports that must both match. */
export interface Rule {
  readonly peers: Peers | undefined;
  readonly ports: Ports | undefined;
}

/** One direction of one policy: it closes the pods it selects, except for what its rules let through. */
export interface Isolation {
  readonly direction: Direction;
  readonly namespace: string;
  readonly policy: string;
  readonly selected: readonly Endpoint[];
  readonly rules: readonly Rule[];
}

/**
 * The whole of networking.k8s.io/v1 NetworkPolicy, as a pure function. A pod that no isolation selects in a direction is
 * open there; one that several select may use what any of them lets through.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
export function isolations({ pods, namespaces, policies }: ClusterView): Isolation[] {
  const all = endpoints(pods);
  const labels = new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]));
  return policies
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .flatMap((policy) => directions(policy).map((direction) => isolation(policy, direction, all, labels)));
}

function isolation(
  { metadata, spec }: V1NetworkPolicy,
  direction: Direction,
  all: readonly Endpoint[],
  labels: NamespaceLabels,
): Isolation {
  const { namespace = '', name = '' } = metadata ?? {};
  const selected = all.filter(
    (endpoint) => endpoint.namespace === namespace && selects(spec?.podSelector ?? {}, endpoint.labels),
  );
  const rules =
    direction === 'ingress'
      ? (spec?.ingress ?? []).map((rule) => ({
          peers: resolvePeers(sources(rule), namespace, all, labels),
          ports: resolvePorts(rule.ports, selected),
        }))
      : (spec?.egress ?? []).map(({ to, ports }) => {
          const peers = resolvePeers(to, namespace, all, labels);
          return { peers, ports: resolvePorts(ports, destinations(peers, all)) };
        });
  return { direction, namespace, policy: name, selected, rules };
}

/** Without policyTypes every policy is one for ingress, and for egress too if it has egress rules. */
function directions({ spec }: V1NetworkPolicy): Direction[] {
  const types = spec?.policyTypes ?? [];
  if (types.length === 0) return (spec?.egress ?? []).length > 0 ? ['ingress', 'egress'] : ['ingress'];
  return (['ingress', 'egress'] as const).filter((direction) =>
    types.includes(direction === 'ingress' ? 'Ingress' : 'Egress'),
  );
}

function destinations(peers: Peers | undefined, all: readonly Endpoint[]): Endpoint[] {
  return all.filter(
    (endpoint) =>
      peers === undefined || peers.pods?.includes(endpoint) === true || holds(peers.blocks ?? [], endpoint.address),
  );
}

function key({ metadata }: V1NetworkPolicy): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}
