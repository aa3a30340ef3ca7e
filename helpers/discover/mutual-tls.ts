import type { PeerAuthentication } from './objects.ts';
import { hasLabels, type Landscape, type RunningPod } from './workloads.ts';

/** How a pod takes calls. */
export interface Taken {
  /** True if it takes calls in plaintext, at least at some port; also where that may be so. */
  readonly plaintext: boolean;
  readonly because: 'no proxy' | 'mode' | 'one port' | 'strict' | 'not seen';
}

/** Of policies the older ones first: of two for the same thing the older one decides. */
function oldestFirst<T extends { readonly metadata: { readonly creationTimestamp?: string; readonly name?: string } }>(
  policies: readonly T[],
): T[] {
  const key = ({ metadata }: T) => `${metadata.creationTimestamp ?? ''} ${metadata.name ?? ''}`;
  return policies.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const ordered = new WeakMap<readonly PeerAuthentication[], readonly PeerAuthentication[]>();

/** The same for a list that is asked for again and again. */
function inOrder(policies: readonly PeerAuthentication[]): readonly PeerAuthentication[] {
  const known = ordered.get(policies) ?? oldestFirst(policies);
  ordered.set(policies, known);
  return known;
}

/** True if a policy is for one workload and not for all of its namespace. */
export function isForWorkload({ spec }: Pick<PeerAuthentication, 'spec'>): boolean {
  return Object.keys(spec?.selector?.matchLabels ?? {}).length > 0;
}

/** How a pod takes calls, by the narrowest policy that says so; without any in both ways. */
export function takenBy({ proxy, namespace, labels }: RunningPod, { seen, root }: Landscape): Taken {
  if (proxy === undefined) return { plaintext: true, because: 'no proxy' };
  const policies = inOrder(seen.peerAuthentications.items);
  const ofWorkload = policies.find(
    (each) =>
      isForWorkload(each) &&
      each.metadata.namespace === namespace &&
      hasLabels(labels, each.spec?.selector?.matchLabels),
  );
  const wide = (of: string) => policies.find((each) => !isForWorkload(each) && each.metadata.namespace === of);
  const said = [ofWorkload, wide(namespace), wide(root)]
    .map((each) => each?.spec?.mtls?.mode)
    .find((mode) => mode !== undefined && mode !== 'UNSET');
  const { rootUnseen, inPart } = seen.peerAuthentications;
  if ((said === undefined && rootUnseen === true) || (said !== 'STRICT' && inPart === true))
    return { plaintext: true, because: 'not seen' };
  if (said !== 'STRICT') return { plaintext: true, because: 'mode' };
  const ports = Object.values(ofWorkload?.spec?.portLevelMtls ?? {});
  const open = ports.some(({ mode }) => mode === 'PERMISSIVE' || mode === 'DISABLE');
  return open ? { plaintext: true, because: 'one port' } : { plaintext: false, because: 'strict' };
}
