import type { V1Node } from '@kubernetes/client-node';

/** A node as the pod network sees it. */
export interface NodeNetwork {
  readonly name: string;
  /** IPv4 address of the node. */
  readonly address: string;
  /** Range that its pods have addresses of, e.g. `10.244.1.0/24`. */
  readonly podRange: string;
}

/** Nodes that have an address and a range; the others are not ready to be reached. */
export function nodeNetworks(nodes: readonly V1Node[]): NodeNetwork[] {
  return nodes.flatMap(({ metadata, spec, status }) => {
    const address = status?.addresses?.find(({ type, address: ip }) => type === 'InternalIP' && ip.includes('.'));
    const podRange = spec?.podCIDR;
    if (address === undefined || podRange === undefined) return [];
    return [{ name: metadata?.name ?? '', address: address.address, podRange }];
  });
}

/**
 * Commands for `ip -batch`: the way to every other node's pods. A node that is gone keeps its route; nobody is there. Each pod
 * of this node has a route of its own; without one for the range as well, calls to a pod that is gone would leave the cluster.
 */
export function routes(own: NodeNetwork, all: readonly NodeNetwork[]): string {
  const others = all
    .filter(({ name }) => name !== own.name)
    .toSorted((a, b) => (a.podRange < b.podRange ? -1 : 1))
    .map(({ podRange, address }) => `route replace ${podRange} via ${address}\n`);
  return [`route replace unreachable ${own.podRange}\n`, ...others].join('');
}

/**
 * Input for `nft -f`: what pods send out of the cluster bears the node's address. Between pods the sender's address
 * stays, on any node, because NetworkPolicy judges by it; so the ptp plugin must not masquerade, which knows one node only.
 *
 * @param clusterRange range of all pods of the cluster
 */
export function masquerade({ podRange }: Pick<NodeNetwork, 'podRange'>, clusterRange: string): string {
  return `table ip pod-network
delete table ip pod-network
table ip pod-network {
  chain leave-cluster {
    type nat hook postrouting priority srcnat + 1; policy accept;
    ip saddr ${podRange} ip daddr != ${clusterRange} masquerade
  }
}
`;
}

/** The network of a node's pods, for containerd. https://www.cni.dev/plugins/current/main/ptp/ */
export function networkList({ podRange }: Pick<NodeNetwork, 'podRange'>): string {
  const ipam = {
    type: 'host-local',
    dataDir: '/run/cni-ipam',
    routes: [{ dst: '0.0.0.0/0' }],
    ranges: [[{ subnet: podRange }]],
  };
  const plugins = [
    { type: 'ptp', ipMasq: false, mtu: 1500, ipam },
    // By itself it asks iptables for every pod whether it is there.
    { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
  ];
  return JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins }, undefined, 2);
}
