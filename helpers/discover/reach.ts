import type { V1Pod } from '@kubernetes/client-node';

import type { Endpoint } from '../../kind/netpol/endpoints.ts';
import { holds } from '../../kind/netpol/ranges.ts';
/** Who may call whom by the policies that were read. A call that only its port, method or path decides may pass. */
import { type Isolation, isolations } from '../../kind/netpol/rules.ts';
import { mayPass, policiesOf } from './authorization.ts';
import { takenBy } from './mutual-tls.ts';
import type { Landscape, RunningPod } from './workloads.ts';

/** NetworkPolicies of a cluster, resolved to its pods. */
export class Walls {
  readonly #isolations: readonly Isolation[];
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #closing: Readonly<Record<Isolation['direction'], Map<string, Isolation[]>>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  constructor({ seen, all }: Pick<Landscape, 'seen' | 'all'>) {
    this.#isolations = isolations({
      pods: all.map(({ pod }) => withAddress(pod)),
      namespaces: seen.namespaces.items,
      policies: seen.networkPolicies.items,
    });
    for (const isolation of this.#isolations) {
      for (const endpoint of isolation.selected) {
        const key = `${endpoint.namespace}/${endpoint.name}`;
        this.#endpoints.set(key, endpoint);
        const closing = this.#closing[isolation.direction];
        closing.set(key, [...(closing.get(key) ?? []), isolation]);
      }
    }
  }

  /** True if some policy is about who may call a pod. */
  closes({ namespace, name }: RunningPod): boolean {
    return this.#closing.ingress.has(`${namespace}/${name}`);
  }

  /** Policies that select no pod at all, each once. */
  get idle(): string[] {
    const idle = this.#isolations.filter(({ selected }) => selected.length === 0);
    return [...new Set(idle.map(({ namespace, policy }) => `${namespace}/${policy}`))];
  }

  /** True unless policies drop every connection from one pod to the other. */
  letPass(from: RunningPod, to: RunningPod): boolean {
    return this.#admits('ingress', to, from) && this.#admits('egress', from, to);
  }

  #admits(direction: Isolation['direction'], closed: RunningPod, other: RunningPod): boolean {
    const closing = this.#closing[direction].get(`${closed.namespace}/${closed.name}`);
    // What comes from a node is let through by many engines, and none is known here.
    if (closing === undefined || other.onNode) return true;
    const address = other.pod.status?.podIP ?? '';
    return closing.some(({ rules }) =>
      rules.some(
        ({ peers }) =>
          peers === undefined ||
          peers.pods?.some(({ namespace, name }) => namespace === other.namespace && name === other.name) === true ||
          // Of an address that is not known, or no IPv4, a range may hold.
          (peers.blocks !== undefined && (!address.includes('.') || holds(peers.blocks, address))),
      ),
    );
  }
}

/** A pod as selectors see it: they ask for no address, and pods without one of IPv4 would be left out. */
function withAddress(pod: V1Pod): V1Pod {
  if (pod.status?.podIP?.includes('.') === true) return pod;
  return Object.assign({}, pod, { status: Object.assign({}, pod.status, { podIP: '0.0.0.0' }) });
}

/** True unless what was read refuses every call of one pod to the other. */
export function mayCall(from: RunningPod, to: RunningPod, landscape: Landscape, walls: Walls): boolean {
  if (!walls.letPass(from, to)) return false;
  if (to.proxy === undefined) return true;
  const { plaintext } = takenBy(to, landscape);
  const policies = policiesOf(to, landscape);
  const inMesh = from.proxy !== undefined && mayPass(from, policies);
  // A process of the caller can go past its own proxy, and has no identity then.
  return inMesh || (plaintext && mayPass(undefined, policies));
}
