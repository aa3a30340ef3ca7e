import type {
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1Pod,
} from '@kubernetes/client-node';

import { selects } from './selectors.ts';

/** What the engine knows of the cluster. */
export interface ClusterView {
  readonly pods: readonly V1Pod[];
  readonly namespaces: readonly V1Namespace[];
  readonly policies: readonly V1NetworkPolicy[];
}

export type Direction = 'ingress' | 'egress';

/** One way in or out: addresses on the other side, and ports at the destination; undefined means any. */
export interface Opening {
  /** `namespace/name` of the policy that grants it. */
  readonly policy: string;
  /** Addresses or IPv4 networks. An empty list opens nothing. */
  readonly addresses: readonly string[] | undefined;
  /** Networks cut out of `addresses`. */
  readonly except: readonly string[];
  readonly protocol: 'tcp' | 'udp' | 'sctp' | undefined;
  /** `80`, `8000-8080`, or undefined for every port of the protocol. */
  readonly port: string | undefined;
}

/** What may still pass for pods that some policy isolates, by direction and pod address. */
export type RuleSet = Readonly<Record<Direction, ReadonlyMap<string, readonly Opening[]>>>;

/**
 * The whole of networking.k8s.io/v1 as a pure function. A pod that no policy selects for a direction is missing from
 * that direction's map, which means open; one that is selected may use the union of its policies' openings.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
export function ruleSet({ pods, namespaces, policies }: ClusterView): RuleSet {
  const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]));
  const peers = pods.filter(hasAddress);
  const rules = { ingress: new Map<string, Opening[]>(), egress: new Map<string, Opening[]>() };
  for (const policy of policies) {
    const { name = '', namespace = '' } = policy.metadata ?? {};
    const { podSelector = {}, ingress = [], egress = [], policyTypes } = policy.spec ?? {};
    const types = policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
    const selected = peers.filter((pod) => pod.metadata?.namespace === namespace && selects(podSelector, pod.metadata?.labels));
    const context: Context = { policy: `${namespace}/${name}`, namespace, peers, labelsOf };
    for (const pod of selected) {
      if (types.includes('Ingress')) {
        const openings = ingress.flatMap((rule) => openingsIn(context, pod, rule._from, rule.ports));
        rules.ingress.set(addressOf(pod), [...(rules.ingress.get(addressOf(pod)) ?? []), ...openings]);
      }
      if (types.includes('Egress')) {
        const openings = egress.flatMap((rule) => openingsOut(context, rule.to, rule.ports));
        rules.egress.set(addressOf(pod), [...(rules.egress.get(addressOf(pod)) ?? []), ...openings]);
      }
    }
  }
  return rules;
}

interface Context {
  readonly policy: string;
  readonly namespace: string;
  readonly peers: readonly V1Pod[];
  readonly labelsOf: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Pods on the node's own network, without an address yet, or finished are neither protected nor peers. */
function hasAddress({ spec, status }: V1Pod): boolean {
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return spec?.hostNetwork !== true && status?.podIP !== undefined && status.podIP !== '' && !over;
}

function addressOf(pod: V1Pod): string {
  return pod.status?.podIP ?? '';
}

/** Ingress: a named port is one of the selected pod's own. */
function openingsIn(context: Context, pod: V1Pod, from: V1NetworkPolicyPeer[] = [], ports: V1NetworkPolicyPort[] = []): Opening[] {
  const { policy } = context;
  return sides(context, from).flatMap(({ addresses, except }) =>
    portsOf(ports).flatMap(({ protocol, name, port }) => {
      const resolved = name === undefined ? [port] : namedPorts(pod, name, protocol).map(String);
      return resolved.map((at) => ({ policy, addresses, except, protocol, port: at }));
    }),
  );
}

/** Egress: a named port is whatever each destination pod calls so, which may differ from pod to pod. */
function openingsOut(context: Context, to: V1NetworkPolicyPeer[] = [], ports: V1NetworkPolicyPort[] = []): Opening[] {
  const { policy, peers } = context;
  return sides(context, to).flatMap(({ addresses, except }) =>
    portsOf(ports).flatMap(({ protocol, name, port }): Opening[] => {
      if (name === undefined) return [{ policy, addresses, except, protocol, port }];
      const reachable = peers.filter((pod) => addresses === undefined || addresses.includes(addressOf(pod)));
      const named = reachable.flatMap((pod) => namedPorts(pod, name, protocol).map((at) => [at, addressOf(pod)] as const));
      return [...Map.groupBy(named, ([at]) => at)].map(([at, pods]) => ({
        policy,
        addresses: pods.map(([, address]) => address),
        except: [],
        protocol,
        port: String(at),
      }));
    }),
  );
}

/** The other sides that a list of peers names; no list or an empty one is everybody. */
function sides(context: Context, list: readonly V1NetworkPolicyPeer[]) {
  if (list.length === 0) return [{ addresses: undefined, except: [] }];
  const pods = new Set<string>();
  const blocks: { addresses: string[]; except: string[] }[] = [];
  for (const peer of list) {
    if (peer.ipBlock !== undefined) {
      // The lab has IPv4 addresses only; a block of IPv6 can match nothing.
      if (!peer.ipBlock.cidr.includes(':')) blocks.push({ addresses: [peer.ipBlock.cidr], except: peer.ipBlock.except ?? [] });
      continue;
    }
    for (const pod of context.peers) if (isPeer(context, peer, pod)) pods.add(addressOf(pod));
  }
  return [{ addresses: [...pods], except: [] }, ...blocks];
}

function isPeer({ namespace, labelsOf }: Context, { podSelector, namespaceSelector }: V1NetworkPolicyPeer, pod: V1Pod): boolean {
  const home = pod.metadata?.namespace ?? '';
  const inNamespace = namespaceSelector === undefined ? home === namespace : selects(namespaceSelector, labelsOf.get(home));
  return inNamespace && (podSelector === undefined || selects(podSelector, pod.metadata?.labels));
}

interface Port {
  readonly protocol: Opening['protocol'];
  readonly name?: string;
  readonly port: string | undefined;
}

/** No list of ports or an empty one is every port of every protocol; a protocol that is not named is TCP. */
function portsOf(list: readonly V1NetworkPolicyPort[]): Port[] {
  if (list.length === 0) return [{ protocol: undefined, port: undefined }];
  return list.map(({ protocol = 'TCP', port, endPort }) => {
    const known = protocolOf(protocol);
    if (port === undefined) return { protocol: known, port: undefined };
    if (typeof port === 'string') return { protocol: known, name: port, port: undefined };
    return { protocol: known, port: endPort === undefined ? String(port) : `${port}-${endPort}` };
  });
}

function protocolOf(protocol: string): 'tcp' | 'udp' | 'sctp' {
  if (protocol === 'UDP') return 'udp';
  return protocol === 'SCTP' ? 'sctp' : 'tcp';
}

/** Ports that a pod's containers give that name, sidecars among the init containers included. */
function namedPorts({ spec }: V1Pod, name: string, protocol: Opening['protocol']): number[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) =>
    ports.filter((port) => port.name === name && protocolOf(port.protocol ?? 'TCP') === protocol).map(({ containerPort }) => containerPort),
  );
}
