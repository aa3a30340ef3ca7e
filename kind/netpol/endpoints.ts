import type { V1Container, V1ContainerPort, V1Pod } from '@kubernetes/client-node';

/** A pod as policies see it. */
export interface Endpoint {
  readonly namespace: string;
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly V1ContainerPort[];
}

/**
 * Pods that policies can select, as targets or as peers: those with an address of their own. Pods on the node's network
 * share the node's address, and the address of a finished pod may already be another pod's. Sorted by name, so that the
 * order in which they came changes nothing.
 */
export function endpoints(pods: readonly V1Pod[]): Endpoint[] {
  const found = pods.flatMap(({ metadata, spec, status }) => {
    const address = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].find((ip) => ip?.includes('.'));
    const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    if (address === undefined || finished || spec === undefined || spec.hostNetwork === true) return [];
    // A sidecar serves for as long as the pod lives; other init containers are gone before it is ready.
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    const ports = [...spec.containers, ...sidecars].flatMap((container: V1Container) => container.ports ?? []);
    const { name = '', namespace = '', labels = {} } = metadata ?? {};
    return [{ namespace, name, address, labels, ports }];
  });
  const key = ({ namespace, name }: Endpoint) => `${namespace}/${name}`;
  return found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
