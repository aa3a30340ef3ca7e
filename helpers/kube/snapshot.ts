import type { KubernetesObject, V1PodStatus } from '@kubernetes/client-node';

import type { Cluster } from './cluster.ts';
import { exerciseLabel } from './namespaces.ts';

/** Kinds that a lesson may create or change; those that a cluster does not serve are empty. */
const kinds = Object.entries({
  v1: ['Service', 'ServiceAccount', 'Secret', 'ConfigMap'],
  'apps/v1': ['Deployment', 'DaemonSet', 'StatefulSet'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
  'admissionregistration.k8s.io/v1': [
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
  ],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'gateway.networking.k8s.io/v1': ['GatewayClass', 'Gateway', 'HTTPRoute', 'GRPCRoute'],
  'gateway.networking.k8s.io/v1beta1': ['ReferenceGrant'],
  'security.istio.io/v1': ['PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication'],
  'networking.istio.io/v1': [
    'VirtualService',
    'DestinationRule',
    'ServiceEntry',
    'Sidecar',
    'Gateway',
    'WorkloadEntry',
    'WorkloadGroup',
  ],
  'networking.istio.io/v1alpha3': ['EnvoyFilter'],
  'networking.istio.io/v1beta1': ['ProxyConfig'],
  'extensions.istio.io/v1alpha1': ['WasmPlugin', 'TrafficExtension'],
  'telemetry.istio.io/v1': ['Telemetry'],
}).flatMap(([apiVersion, names]) => names.map((kind) => ({ apiVersion, kind })));

/** Those of them that lie in no namespace. */
const clusterWide = /^(Cluster|Validating|Mutating|CustomResource|GatewayClass)/;

/** What a cluster holds outside the exercises' namespaces. */
export interface Snapshot {
  /** Every other namespace, with its labels. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Every object of the kinds above in them, as `kind namespace name`. */
  readonly objects: ReadonlySet<string>;
}

/** Reads what the cluster holds now. */
export async function snapshot(cluster: Cluster): Promise<Snapshot> {
  // Before and after: an exercise beside this one may come or go while the objects are listed.
  const earlier = await listNamespaces(cluster);
  const found: string[] = [];
  // One after another: all at once would open as many connections, whose handshakes cost more than the lists.
  for (const kind of kinds) {
    for (const metadata of await cluster.listMetadata(kind)) {
      if (!comesByItself(kind.kind, metadata)) found.push(nameOf(kind, metadata));
    }
  }
  const later = await listNamespaces(cluster);
  const exercises = earlier.exercises.union(later.exercises);
  const objects = found.filter((object) => !exercises.has(namespaceOf(object)));
  return { namespaces: later.others, objects: new Set(objects) };
}

/**
 * Some namespaces, every object of those kinds in them and every pod, as `kind namespace name`, with what a lesson may
 * change: labels, annotations, and all besides metadata and status; of pods how often their containers were restarted too.
 * An object is the same only if no other took its place.
 */
export async function contents(cluster: Cluster, namespaces: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const metadata of await cluster.listMetadata({ apiVersion: 'v1', kind: 'Namespace' })) {
    if (namespaces.includes(metadata?.name ?? '')) found.push(`Namespace ${metadata?.name} ${marks(metadata)}`);
  }
  const inNamespaces = kinds.filter(({ kind }) => !clusterWide.test(kind));
  for (const kind of [...inNamespaces, { apiVersion: 'v1', kind: 'Pod' }]) {
    for (const namespace of namespaces) {
      for (const object of await cluster.list(kind, namespace)) {
        const { metadata, status, ...specification } = object as KubernetesObject & { status?: V1PodStatus };
        if (comesByItself(kind.kind, metadata)) continue;
        const restarts = status?.containerStatuses?.map(({ restartCount }) => restartCount) ?? [];
        const held = `${marks(metadata)} ${JSON.stringify(specification)} ${restarts.join()}`;
        found.push(`${nameOf(kind, metadata)} ${metadata?.uid} ${held}`);
      }
    }
  }
  return found.toSorted();
}

/** Labels and annotations, without what kubectl and controllers note there for themselves. */
function marks(metadata: KubernetesObject['metadata']): string {
  const own = Object.entries(metadata?.annotations ?? {}).filter(
    ([name]) => !/^(kubectl|deployment)\.kubernetes\.io\/(last-applied-configuration|revision)$/.test(name),
  );
  return JSON.stringify([metadata?.labels ?? {}, Object.fromEntries(own)]);
}

/**
 * What came and what went between two snapshots. Namespaces that came or went whole are somebody else's: those of the
 * course carry its label, and a snapshot looks past them.
 */
export function difference(before: Snapshot, after: Snapshot): { left: string[]; lost: string[] } {
  const stayed = (object: string) =>
    namespaceOf(object) === '<none>' ||
    (before.namespaces.has(namespaceOf(object)) && after.namespaces.has(namespaceOf(object)));
  const relabelled = [...after.namespaces].filter(
    ([name, labels]) => before.namespaces.has(name) && before.namespaces.get(name) !== labels,
  );
  return {
    left: [
      ...[...after.objects].filter((object) => stayed(object) && !before.objects.has(object)),
      ...relabelled.map(([name, labels]) => `labels of namespace ${name}: ${labels}`),
    ],
    lost: [...before.objects].filter((object) => stayed(object) && !after.objects.has(object)),
  };
}

/**
 * True for what controllers make and remove at times of their own: leases of leaders, copies of root certificates, tokens
 * for nodes that join.
 */
function comesByItself(kind: string, metadata: KubernetesObject['metadata']): boolean {
  if (kind === 'Secret') return metadata?.namespace === 'kube-system';
  if (kind !== 'ConfigMap') return false;
  const leader = metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined;
  return leader || /^(istio-ca-root-cert|istio-ca-crl|kube-root-ca\.crt)$/.test(metadata?.name ?? '');
}

/** As `kind namespace name`; the group tells Istio's Gateway from that of the Gateway API. */
function nameOf({ apiVersion, kind }: (typeof kinds)[number], metadata: KubernetesObject['metadata']): string {
  const full = kind === 'Gateway' ? `${kind}.${apiVersion.split('/')[0]}` : kind;
  return `${full} ${metadata?.namespace ?? '<none>'} ${metadata?.name}`;
}

/** Objects without a namespace have `<none>` there. */
function namespaceOf(object: string): string {
  return object.split(' ')[1] ?? '';
}

async function listNamespaces(cluster: Cluster): Promise<{ exercises: Set<string>; others: Map<string, string> }> {
  const exercises = new Set<string>();
  const others = new Map<string, string>();
  for (const metadata of await cluster.listMetadata({ apiVersion: 'v1', kind: 'Namespace' })) {
    const labels = Object.entries(metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const name = metadata?.name ?? '';
    if (metadata?.labels?.[exerciseLabel] === undefined) others.set(name, labels.toSorted().join());
    else exercises.add(name);
  }
  return { exercises, others };
}
