import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import type { Cluster } from '../kube/cluster.ts';
import { kindDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { meshAuthority } from './mesh-root.ts';

/** Name and network of the first cluster of the mesh, as kind/istio.yaml has them. */
const cluster = { name: 'west', network: 'west-net' };

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', labels: { 'topology.istio.io/network': cluster.network } },
};

/** Makes the namespace of istiod and Prometheus: what installs them side by side would trip over each other's. */
export async function createMeshNamespace(): Promise<void> {
  await must('kubectl', ['apply', '--server-side', '-f', '-'], { input: JSON.stringify(namespace) });
}

/**
 * Installs istiod by istioctl into its namespace and waits until it is available; does nothing where it already is.
 *
 * @param upstreamEnvoy the proxies are upstream's Envoy: their missing filters are switched off, and request metrics
 *   come from a stand-in
 */
export async function installIstio(upstreamEnvoy: boolean): Promise<void> {
  const ready = ['-n', 'istio-system', 'get', 'deployment', 'istiod', '-o', 'jsonpath={.status.availableReplicas}'];
  if ((await run('kubectl', ready)).stdout === '1') return;
  await giveAuthority();
  await must('istioctl', installArguments(upstreamEnvoy, versions.istio), { timeoutMs: timeouts.istioReadyMs });
  if (upstreamEnvoy) await must('kubectl', ['apply', '-f', join(kindDir, 'request-metrics.yaml')]);
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
  const words = ['get', 'envoyfilter', 'request-metrics', '--namespace', namespace.metadata.name, '-o', 'name'];
  return (await where.run('kubectl', words)).exitCode === 0;
}

/** Gives istiod what it signs certificates with; what is there stays, since running proxies trust it. */
async function giveAuthority(): Promise<void> {
  const metadata = { name: 'cacerts', namespace: namespace.metadata.name };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: await meshAuthority(cluster.name) };
  const created = await run('kubectl', ['create', '-f', '-'], { input: JSON.stringify(secret) });
  // A failure's output may hold the key.
  if (created.exitCode !== 0 && !created.stderr.includes('AlreadyExists')) {
    throw new Error(`the authority of the mesh was not created: kubectl exited with ${created.exitCode}`);
  }
}
