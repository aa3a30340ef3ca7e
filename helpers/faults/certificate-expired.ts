import { converge } from '../system/polling.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { onNode } from './on-node.ts';

const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;

/** How long a certificate lasts; half of it passes before the proxy asks for the next, and by then it cannot. */
const lifetime = '40s';

const istiodPort = 15012;

const calledPods = '--selector=app=backend';

/**
 * Lets the certificates of workloads run out: their proxies get short ones, then lose their way to istiod, and with it
 * the renewal. Ends when the proxies themselves call their certificates invalid.
 *
 * @param deployments as kubectl names them
 * @returns false without sidecars: there are no certificates, and nothing happens
 * @throws {Error} if a certificate is still good after a minute and a half
 */
export async function expireCertificates(namespace: string, deployments: readonly string[]): Promise<boolean> {
  const there = ['--namespace', namespace];
  const names = ['get', 'pods', ...there, calledPods, '-o', 'jsonpath={.items[*].spec.initContainers[*].name}'];
  if (!(await must('kubectl', names)).stdout.includes('istio-proxy')) return false;
  const annotations = { 'proxy.istio.io/config': `proxyMetadata: { SECRET_TTL: ${lifetime} }` };
  const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
  for (const deployment of deployments) {
    await must('kubectl', ['patch', ...there, deployment, '--type=merge', '--patch', patch]);
  }
  for (const deployment of deployments) {
    await must('kubectl', ['rollout', 'status', ...there, deployment, limit], { timeoutMs: timeouts.podsReadyMs });
  }
  await cutFromIstiod(namespace);
  for (const deployment of deployments) {
    const seen = await converge(
      () => run('istioctl', ['proxy-config', 'secret', deployment, ...there], { timeoutMs: timeouts.commandMs }),
      ({ stdout }) => /^default\s+Cert Chain\s+ACTIVE\s+false/m.test(stdout),
      { deadlineMs: timeouts.podsReadyMs },
    );
    if (!seen.holds) throw new Error(`the certificate of ${deployment} did not run out:\n${seen.last.stdout}`);
  }
  return true;
}

/** On the node, packet by packet: a NetworkPolicy lets connections live on that were there before it. */
async function cutFromIstiod(namespace: string): Promise<void> {
  const { stdout } = await must('kubectl', [
    'get',
    'pods',
    '--namespace',
    namespace,
    calledPods,
    '-o',
    'jsonpath={.items[*].status.podIP}',
  ]);
  const addresses = stdout.trim().split(/\s+/).join(', ');
  await onNode(
    `fault-certificate-${namespace}`,
    `nft add table inet ${table} && nft add chain inet ${table} forward "{ type filter hook forward priority -300; }" && nft add rule inet ${table} forward ip saddr "{ ${addresses} }" tcp dport ${istiodPort} drop`,
  );
}

const table = 'fault-certificate';

/** Opens the way to istiod again. */
export async function openWayToIstiod(): Promise<void> {
  await onNode('fault-certificate', `nft delete table inet ${table} 2>/dev/null || true`);
}
