import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import { kindDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } };

/** Makes the namespace of istiod and Prometheus: what installs them side by side would trip over each other's. */
export async function createMeshNamespace(): Promise<void> {
  await must('kubectl', ['apply', '--server-side', '-f', '-'], { input: JSON.stringify(namespace) });
}

/**
 * Installs istiod by istioctl and waits until it is available; does nothing where it already is.
 *
 * @param upstreamEnvoy the proxies are upstream's Envoy: their missing filters are switched off, and request metrics
 *   come from a stand-in
 */
export async function installIstio(upstreamEnvoy: boolean): Promise<void> {
  const ready = ['-n', 'istio-system', 'get', 'deployment', 'istiod', '-o', 'jsonpath={.status.availableReplicas}'];
  if ((await run('kubectl', ready)).stdout === '1') return;
  const settings = ['istio.yaml', ...(upstreamEnvoy ? ['istio-upstream-envoy.yaml'] : [])];
  await must(
    'istioctl',
    [
      'install',
      '--skip-confirmation',
      ...settings.flatMap((file) => ['-f', join(kindDir, file)]),
      '--set',
      `tag=${versions.istio}`,
    ],
    { timeoutMs: timeouts.istioReadyMs },
  );
  if (upstreamEnvoy) await must('kubectl', ['apply', '-f', join(kindDir, 'request-metrics.yaml')]);
}
