/** The control plane of the mesh as a Deployment: how it is stopped, and how it is started again. */
import type { Cluster } from '../kube/cluster.ts';

const inNamespace = ['--namespace', 'istio-system'] as const;
const istiod = 'deployment/istiod';

/** How many istiods there are to be. */
export async function controlPlaneReplicas(cluster: Cluster): Promise<number> {
  const { stdout } = await cluster.must('kubectl', ['get', istiod, ...inNamespace, '-o', 'jsonpath={.spec.replicas}']);
  return Number(stdout);
}

/** kubectl's arguments that say how many there are to be. */
export function scaleControlPlane(replicas: number): string[] {
  return ['scale', istiod, ...inNamespace, `--replicas=${replicas}`];
}

/**
 * kubectl's arguments that end what still runs of it, as an outage does, and wait until it is gone: by itself istiod takes
 * ten seconds for it, in which it goes on to answer.
 */
export const killControlPlane: readonly string[] = [
  'delete',
  'pod',
  '-l',
  'app=istiod',
  ...inNamespace,
  '--grace-period=1',
];

/** kubectl's arguments that name what is left of it. */
export const listControlPlane: readonly string[] = ['get', 'pods', ...inNamespace, '-l', 'app=istiod', '-o', 'name'];

/**
 * True if the API server refuses something because no istiod is there that could examine it. By which words it says so
 * depends on how it finds the Service. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
 *
 * @param webhook end of its name, e.g. `validation.istio.io`
 */
export function missesControlPlane(said: string, webhook: string): boolean {
  const called = /failed calling webhook "([^"]+)"/.exec(said)?.[1] ?? '';
  const nobodyThere = /no endpoints available for service "istiod"|connection refused|context deadline exceeded/;
  return called.endsWith(webhook) && nobodyThere.test(said);
}

/** kubectl's arguments that wait until it is available. */
export function awaitControlPlane(timeoutMs: number): string[] {
  return ['rollout', 'status', istiod, ...inNamespace, `--timeout=${timeoutMs / 1000}s`];
}
