import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import type { LabCluster } from '../../kind/clusters.ts';
import type { Cluster } from '../kube/cluster.ts';
import { kindDir } from '../system/paths.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Root } from './authority.ts';
import { type MeshAuthority, meshAuthority } from './mesh-root.ts';

const namespace = 'istio-system';

/**
 * Makes the namespace of istiod and Prometheus: what installs them side by side would trip over each other's. Where there is
 * no istiod, it says whose is to take care of the webhook and of the root's copies.
 */
export async function createMeshNamespace(where: Cluster, { network, primary }: LabCluster): Promise<void> {
  const annotations = primary === undefined ? {} : { 'topology.istio.io/controlPlaneClusters': primary };
  const metadata = { name: namespace, labels: { 'topology.istio.io/network': network }, annotations };
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata });
  await where.must('kubectl', ['apply', '--server-side', '-f', '-'], { input });
}

/**
 * Installs istiod by istioctl into its namespace and waits until it is available; does nothing where it already is.
 *
 * @param root of the mesh, which signs what this istiod signs with
 * @param upstreamEnvoy the proxies are upstream's Envoy: their missing filters are switched off, and request metrics
 *   come from a stand-in
 */
export async function installIstio(
  where: Cluster,
  cluster: LabCluster,
  root: Root,
  upstreamEnvoy: boolean,
): Promise<void> {
  const ready = ['-n', 'istio-system', 'get', 'deployment', 'istiod', '-o', 'jsonpath={.status.availableReplicas}'];
  if ((await where.run('kubectl', ready)).stdout === '1') return;
  await giveAuthority(where, await meshAuthority(cluster.name, root));
  const settings = cluster.name === 'east' ? join(kindDir, 'istio-east.yaml') : undefined;
  const install = installArguments(upstreamEnvoy, versions.istio, undefined, settings);
  await where.must('istioctl', install, { timeoutMs: timeouts.istioReadyMs });
  if (upstreamEnvoy) await where.must('kubectl', ['apply', '-f', join(kindDir, 'request-metrics.yaml')]);
}

/**
 * Arguments for the istioctl of a release that install its istiod with the settings of `kind/`.
 *
 * @param tag of its images
 * @param revision name under which it runs beside the mesh's own, whose definitions and default webhooks stay as they are
 * @param settings path of an IstioOperator file whose settings come on top of those
 */
export function installArguments(upstreamEnvoy: boolean, tag: string, revision?: string, settings?: string): string[] {
  const files = ['istio.yaml', ...(upstreamEnvoy ? ['istio-upstream-envoy.yaml'] : [])];
  const paths = [...files.map((file) => join(kindDir, file)), ...(settings === undefined ? [] : [settings])];
  return [
    'install',
    '--skip-confirmation',
    ...paths.flatMap((path) => ['-f', path]),
    '--set',
    `tag=${tag}`,
    ...(revision === undefined ? [] : ['--revision', revision, '--set', 'components.base.enabled=false']),
  ];
}

/** True if the proxies of the mesh are upstream's Envoy, as the stand-in for their metrics tells. */
export async function usesUpstreamEnvoy(where: Cluster): Promise<boolean> {
  const words = ['get', 'envoyfilter', 'request-metrics', '--namespace', namespace, '-o', 'name'];
  return (await where.run('kubectl', words)).exitCode === 0;
}

/** Gives istiod what it signs certificates with; what is there stays, since running proxies trust it. */
async function giveAuthority(where: Cluster, stringData: MeshAuthority): Promise<void> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cacerts', namespace }, stringData };
  const created = await where.run('kubectl', ['create', '-f', '-'], { input: JSON.stringify(secret) });
  // A failure's output may hold the key.
  if (created.exitCode !== 0 && !created.stderr.includes('AlreadyExists')) {
    throw new Error(`the authority of the mesh was not created: kubectl exited with ${created.exitCode}`);
  }
}
