import { converge } from '../convergence.ts';
import { must, run } from '../program.ts';
import { timeouts } from '../timeouts.ts';

const limit = `--timeout=${timeouts.castReadyMs / 1000}s`;

/** Seconds that a certificate lasts; half of them pass before the proxy asks for the next, and by then it cannot. */
const lifetime = '40s';

/**
 * Lets the certificate of one workload run out: its proxy gets a short one, then loses its way to istiod, and with it
 * the renewal. Ends when the proxy itself calls its certificate invalid.
 *
 * @param deployment without a sidecar it has no certificate, and nothing happens
 * @throws {Error} if the certificate is still good after a minute and a half
 */
export async function letCertificateRunOut(namespace: string, deployment: string): Promise<void> {
  const there = ['--namespace', namespace];
  const names = await must('kubectl', [
    'get',
    'pods',
    ...there,
    '-o',
    'jsonpath={.items[*].spec.initContainers[*].name}',
  ]);
  if (!names.stdout.includes('istio-proxy')) return;
  const settings = `proxyMetadata: { SECRET_TTL: ${lifetime} }`;
  const template = { metadata: { annotations: { 'proxy.istio.io/config': settings } } };
  const patch = JSON.stringify({ spec: { template } });
  await must('kubectl', ['patch', ...there, deployment, '--type=merge', '--patch', patch]);
  await must('kubectl', ['rollout', 'status', ...there, deployment, limit], { timeoutMs: timeouts.castReadyMs });
  await must('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(noWayOut(namespace, deployment)) });
  const seen = await converge(
    () => run('istioctl', ['proxy-config', 'secret', deployment, ...there], { timeoutMs: timeouts.commandMs }),
    ({ stdout }) => /^default\s+Cert Chain\s+ACTIVE\s+false/m.test(stdout),
    { deadlineMs: timeouts.castReadyMs },
  );
  if (!seen.holds) throw new Error(`the certificate of ${deployment} did not run out:\n${seen.last.stdout}`);
}

const noWayOut = (namespace: string, deployment: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'no-way-to-istiod', namespace },
  spec: {
    podSelector: { matchLabels: { app: deployment.slice(deployment.indexOf('/') + 1).replace(/-v\d+$/, '') } },
    policyTypes: ['Egress'],
  },
});
