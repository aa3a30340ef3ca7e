import type { V1Deployment, V1Pod } from '@kubernetes/client-node';

import type { Cluster } from './cluster.ts';
import type { ExecCommand } from './exec-command.ts';

/** A container of a pod that runs, and how the pod is told from a later one of its name. */
export interface ExecTarget {
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
}

/** Names the container that istioctl and others want to be meant where none is named. */
const defaultContainer = 'kubectl.kubernetes.io/default-container';

/**
 * Where `kubectl exec` runs a command now: of a Deployment's pods the one that has been Ready for longest, or else the oldest.
 * https://github.com/kubernetes/kubectl/blob/master/pkg/util/podutils/podutils.go
 *
 * @returns undefined where kubectl has something to say: no such pod, none that is Ready, several containers
 */
export async function execTarget(
  cluster: Cluster,
  { namespace, workload, container }: ExecCommand,
): Promise<ExecTarget | undefined> {
  const [kind, name = kind] = workload.split('/');
  const pods = (await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, namespace)) as V1Pod[];
  let mayBe: (pod: V1Pod) => boolean = ({ metadata }) => metadata?.name === name;
  if (kind === 'deployment') {
    const all = (await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, namespace)) as V1Deployment[];
    const wanted = Object.entries(
      all.find(({ metadata }) => metadata?.name === name)?.spec?.selector.matchLabels ?? {},
    );
    if (wanted.length === 0) return undefined;
    mayBe = ({ metadata }) => wanted.every(([key, value]) => metadata?.labels?.[key] === value);
  } else if (workload.includes('/') && kind !== 'pod') return undefined;
  const [pod] = pods
    .filter((one) => mayBe(one) && mayRun(one))
    .toSorted((one, other) => readySince(one) - readySince(other) || createdAt(one) - createdAt(other));
  const { name: podName, uid } = pod?.metadata ?? {};
  const inPod = container ?? onlyContainer(pod);
  if (podName === undefined || uid === undefined || inPod === undefined) return undefined;
  return { pod: podName, uid, container: inPod };
}

function mayRun({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return metadata?.deletionTimestamp === undefined && status?.phase === 'Running' && ready;
}

function readySince({ status }: V1Pod): number {
  return new Date(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? 0).getTime();
}

function onlyContainer(pod: V1Pod | undefined): string | undefined {
  const [first, ...others] = pod?.spec?.containers ?? [];
  return pod?.metadata?.annotations?.[defaultContainer] ?? (others.length === 0 ? first?.name : undefined);
}

function createdAt({ metadata }: V1Pod): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}
