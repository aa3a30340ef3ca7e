import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';

import type { Cluster } from '../kube/cluster.ts';
import type { SeenWorkload } from '../record/observation.ts';

/** The workloads whose pods are in these namespaces now, one request for each. */
export async function seenWorkloads(cluster: Cluster, namespaces: readonly string[]): Promise<SeenWorkload[]> {
  const pods: KubernetesObject[] = [];
  for (const namespace of new Set(namespaces))
    pods.push(...(await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, namespace)));
  return workloadsOf(pods);
}

/** Pods by what owns them, those that are about to go left out. */
export function workloadsOf(pods: readonly V1Pod[]): SeenWorkload[] {
  const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return [...Map.groupBy(staying, (pod) => `${pod.metadata?.namespace}/${ownerOf(pod)}`).values()].flatMap((own) => {
    const [first] = own;
    if (first?.metadata === undefined) return [];
    const { namespace = '', labels = {} } = first.metadata;
    return [
      {
        namespace,
        name: ownerOf(first),
        labels,
        sidecar: hasSidecar(first),
        pods: own.map(({ metadata, status }) => ({ name: metadata?.name ?? '', address: status?.podIP ?? '' })),
      },
    ];
  });
}

/** A Deployment's name is its ReplicaSet's without the hash that stands in the pods' labels too; so is that of a Rollout. */
function ownerOf({ metadata }: V1Pod): string {
  const owner = metadata?.ownerReferences?.[0]?.name;
  if (owner === undefined) return metadata?.name ?? '';
  const { labels = {} } = metadata ?? {};
  const hash = labels['rollouts-pod-template-hash'] ?? labels['pod-template-hash'];
  return hash !== undefined && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
}

/** Istio puts its proxy among the containers, or among those that start first and stay. */
function hasSidecar({ spec }: V1Pod): boolean {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) => name === 'istio-proxy');
}
