import type { V1NetworkPolicyIngressRule, V1NetworkPolicyPeer } from '@kubernetes/client-node';

import type { Endpoint } from './endpoints.ts';
import { addressesOf, merged, type Range, without } from './ranges.ts';
import { selects } from './selectors.ts';

/** The other side of a rule; undefined stands for everybody. */
export interface Peers {
  /** Pods that selectors name; undefined if the rule has no selectors. */
  readonly pods: readonly Endpoint[] | undefined;
  /** Addresses of ipBlocks less their exceptions; undefined if the rule has no ipBlock. */
  readonly blocks: readonly Range[] | undefined;
}

/** Labels by namespace name. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * The `from` of an ingress rule. The client's models name it `_from`, and lists are turned into models; events of a watch
 * are not, they come as the API server wrote them. To miss this one turns every rule that arrives later into "from all".
 */
export function sources(rule: V1NetworkPolicyIngressRule): readonly V1NetworkPolicyPeer[] | undefined {
  const { _from: listed, from: watched }: V1NetworkPolicyIngressRule & { from?: V1NetworkPolicyPeer[] } = rule;
  return listed ?? watched;
}

/** Resolves a list of peers, whose members add up. A list that is missing or empty is everybody. */
export function resolvePeers(
  list: readonly V1NetworkPolicyPeer[] | undefined,
  home: string,
  all: readonly Endpoint[],
  namespaces: NamespaceLabels,
): Peers | undefined {
  if (list === undefined || list.length === 0) return undefined;
  const selectors = list.filter(({ ipBlock }) => !ipBlock);
  const blocks = list.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : []));
  return {
    pods:
      selectors.length === 0
        ? undefined
        : all.filter((endpoint) => selectors.some((peer) => isPeer(peer, home, endpoint, namespaces))),
    blocks:
      blocks.length === 0
        ? undefined
        : merged(
            blocks.flatMap(({ cidr, except = [] }) =>
              addressesOf(cidr).flatMap((range) => without(range, except.flatMap(addressesOf))),
            ),
          ),
  };
}

/** Both selectors in one peer must hold; a podSelector alone means the policy's own namespace. */
function isPeer(
  { podSelector, namespaceSelector }: V1NetworkPolicyPeer,
  home: string,
  { namespace, labels }: Endpoint,
  namespaces: NamespaceLabels,
): boolean {
  if (podSelector && !selects(podSelector, labels)) return false;
  if (!namespaceSelector) return namespace === home;
  // A namespace not seen yet matches nothing: its labels are unknown, not absent.
  const known = namespaces.get(namespace);
  return known !== undefined && selects(namespaceSelector, known);
}
