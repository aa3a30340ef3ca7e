/** What runs on a cluster, put together from the objects that were read. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';

import { type Scope, usualRoot } from './collect.ts';
import { type KindName, kindNames, kinds, type ReadKind } from './kinds.ts';
import type { Collected, Seen } from './objects.ts';

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
  /** Pods of the same namespaces that are nothing but a proxy: gateways and waypoints. */
  readonly gateways: readonly RunningPod[];
  /** Services of applications. */
  readonly services: readonly SelectingService[];
  /** Namespaces that were named; undefined where all are looked at. */
  readonly scope: Scope;
  /** Namespaces whose objects are looked at. */
  readonly namespaces: readonly string[];
  /** The namespace whose policies act on all. */
  readonly root: string;
  /** Labels of a namespace; none where it was not read. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>>;
}

/** Namespaces of Kubernetes' own. */
const ofKubernetes = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

export function landscapeOf(read: Collected, scope: Scope): Landscape {
  const labels = new Map(
    read.namespaces.items.map(({ metadata = {} }) => [metadata.name ?? '', metadata.labels ?? {}] as const),
  );
  const labelsOf = (namespace: string) => labels.get(namespace) ?? {};
  const { root, gap } = rootOf(read, scope);
  const seen = gap === undefined ? read : withoutRoot(read, gap);
  const all = seen.pods.items
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .map((pod) => runningPod(pod, labelsOf));
  const isLookedAt = (namespace: string) =>
    scope === undefined ? namespace !== root && !ofKubernetes.has(namespace) : scope.includes(namespace);
  const own = all.filter(({ namespace }) => isLookedAt(namespace));
  const gateways = own.filter(isGateway);
  const pods = own.filter((pod) => !isGateway(pod));
  const services = seen.services.items
    .filter(({ metadata = {}, spec }) => isLookedAt(metadata.namespace ?? '') && spec?.selector !== undefined)
    .map((service) => selectingService(service, own))
    .filter((service) => service.pods.length === 0 || !service.pods.every(isGateway));
  const known = [...labels.keys(), ...own.map(({ namespace }) => namespace)];
  const namespaces = scope ?? [...new Set(known)].filter(isLookedAt);
  return { seen, all, pods, gateways, services, scope, namespaces, root, labelsOf };
}

/** The mesh's root namespace, and why it may be another one. */
function rootOf({ services }: Collected, scope: Scope): { readonly root: string; readonly gap?: string } {
  const istiods = services.items.filter(({ metadata = {} }) => metadata.labels?.['app'] === 'istiod');
  const at = [...new Set(istiods.map(({ metadata }) => metadata?.namespace ?? ''))];
  const root = at.includes(usualRoot) ? usualRoot : (at[0] ?? usualRoot);
  if (at.length > 1)
    return {
      root,
      gap: `in the mesh’s root namespace: istiod is in ${at.length} namespaces, and one was taken for it`,
    };
  if (at.length === 1 || (scope === undefined && services.inPart !== true)) return { root };
  return { root, gap: 'in the mesh’s root namespace: no istiod was seen, so it is not known which one that is' };
}

/** The same, where what acts on all namespaces may be in another one than was looked at. */
function withoutRoot(seen: Collected, gap: string): Collected {
  const doubted = (key: KindName): Seen<unknown> => {
    const { group, inRoot = false }: ReadKind = kinds[key];
    const of = seen[key];
    if (!inRoot || group === '' || of.unserved === true || of.blind) return of;
    return { ...of, gap: of.gap === undefined ? gap : `${of.gap}; ${gap}`, rootUnseen: true };
  };
  return Object.fromEntries(kindNames.map((key) => [key, doubted(key)])) as Collected;
}

/** True if a pod has no container but a proxy. */
function isGateway({ pod }: RunningPod): boolean {
  const containers = pod.spec?.containers ?? [];
  return containers.length > 0 && containers.every(({ name }) => name === 'istio-proxy');
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
