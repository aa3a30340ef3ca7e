/** What runs on a cluster, put together from the objects that were read. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';

import { type Scope, usualRoot } from './collect.ts';
import type { Collected } from './objects.ts';

/** A pod that has not ended. */
export interface RunningPod {
  readonly pod: V1Pod;
  readonly namespace: string;
  readonly name: string;
  /** What keeps it running; a pod that nobody keeps, itself. */
  readonly workload: string;
  readonly account: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What speaks mutual TLS for it, as far as its containers and labels tell. */
  readonly proxy: 'sidecar' | 'ambient' | undefined;
  /** True if it has the address of its node. */
  readonly onNode: boolean;
}

/** A Service with a selector, and the pods that it selects. */
export interface SelectingService {
  readonly service: V1Service;
  readonly namespace: string;
  readonly name: string;
  readonly pods: readonly RunningPod[];
}

/** What the questions are asked of. */
export interface Landscape {
  readonly seen: Collected;
  /** Every pod that was read, those of Kubernetes' and the mesh's own namespaces too. */
  readonly all: readonly RunningPod[];
  /** Pods of applications. */
  readonly pods: readonly RunningPod[];
  readonly services: readonly SelectingService[];
  /** Namespaces whose objects are looked at. */
  readonly namespaces: readonly string[];
  /** The namespace whose policies act on all. */
  readonly root: string;
  /** Labels of a namespace; none where it was not read. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>>;
}

/** Namespaces of Kubernetes' own. */
const ofKubernetes = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

export function landscapeOf(seen: Collected, scope: Scope): Landscape {
  const labels = new Map(
    seen.namespaces.items.map(({ metadata = {} }) => [metadata.name ?? '', metadata.labels ?? {}] as const),
  );
  const labelsOf = (namespace: string) => labels.get(namespace) ?? {};
  const istiod = seen.services.items.find(({ metadata = {} }) => metadata.labels?.['app'] === 'istiod');
  const root = istiod?.metadata?.namespace ?? usualRoot;
  const all = seen.pods.items
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .map((pod) => runningPod(pod, labelsOf));
  const isLookedAt = (namespace: string) =>
    scope === undefined ? namespace !== root && !ofKubernetes.has(namespace) : scope.includes(namespace);
  const pods = all.filter(({ namespace }) => isLookedAt(namespace));
  const services = seen.services.items
    .filter(({ metadata = {}, spec }) => isLookedAt(metadata.namespace ?? '') && spec?.selector !== undefined)
    .map((service) => selectingService(service, pods));
  const known = [...labels.keys(), ...pods.map(({ namespace }) => namespace)];
  const namespaces = scope ?? [...new Set(known)].filter(isLookedAt);
  return { seen, all, pods, services, namespaces, root, labelsOf };
}

function runningPod(pod: V1Pod, labelsOf: Landscape['labelsOf']): RunningPod {
  const { metadata = {}, spec } = pod;
  const { namespace = '', name = '', labels = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const hasSidecar = [...(spec?.containers ?? []), ...sidecars].some((each) => each.name === 'istio-proxy');
  const mode = labels[ambientLabel] ?? labelsOf(namespace)[ambientLabel];
  const onNode = spec?.hostNetwork === true;
  return {
    pod,
    namespace,
    name,
    workload: owner === undefined ? name : workloadOf(owner, labels),
    account: spec?.serviceAccountName ?? 'default',
    labels,
    proxy: hasSidecar ? 'sidecar' : mode === 'ambient' && !onNode ? 'ambient' : undefined,
    onNode,
  };
}

const ambientLabel = 'istio.io/dataplane-mode';

/** A ReplicaSet is one revision of a Deployment, and a Job one run of a CronJob: their names end with which. */
function workloadOf({ kind, name }: { kind: string; name: string }, labels: Readonly<Record<string, string>>): string {
  const hash = labels['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) return name.slice(0, -hash.length - 1);
  return kind === 'Job' ? name.replace(/-\d{8,}$/, '') : name;
}

function selectingService(service: V1Service, pods: readonly RunningPod[]): SelectingService {
  const { namespace = '', name = '' } = service.metadata ?? {};
  const selector = service.spec?.selector ?? {};
  return {
    service,
    namespace,
    name,
    pods: pods.filter((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector)),
  };
}

/** True if labels have all that a selector names; the empty one selects nothing here. */
export function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

/** Workloads of some pods, each once, with one of its pods. */
export function workloadsOf(pods: readonly RunningPod[]): RunningPod[] {
  return [...new Map(pods.map((pod) => [`${pod.namespace}/${pod.workload}`, pod])).values()];
}

/** True if a pod says that it is ready. */
export function isReady({ pod }: RunningPod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

/** True if one of the application's containers has a readiness probe. */
export function hasReadinessProbe({ pod }: RunningPod): boolean {
  return (pod.spec?.containers ?? []).some((each) => each.name !== 'istio-proxy' && each.readinessProbe !== undefined);
}
