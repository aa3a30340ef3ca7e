import { join } from 'node:path';

import { secondIstio, secondIstioctl } from '../../kind/catalogue.ts';
import { installArguments } from '../istio/istio.ts';
import { type Cluster, currentCluster } from '../kube/cluster.ts';
import { removeNamespaces } from '../kube/namespaces.ts';
import { fixturesDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { must, run, type Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Site } from './contract.ts';

const folder = join(fixturesDir, '00-lab/contracts');
const namespace = 'm0-contracts';
const inNamespace = ['--namespace', namespace];

/**
 * Casts the pods that contracts are asked of, lets `action` ask, and takes them away again.
 *
 * @param mesh whether there is an Istio that gives pods a proxy, and whether its images are stand-ins
 */
export async function atSite<T>(
  mesh: { readonly installed: boolean; readonly standIns: boolean },
  action: (site: Site) => Promise<T>,
): Promise<T> {
  const cluster = currentCluster();
  await removeNamespaces(cluster, [namespace]);
  try {
    for (const file of ['10-setup.yaml', ...(mesh.installed ? ['30-mesh.yaml'] : [])]) {
      await must('kubectl', ['apply', '-f', join(folder, file)]);
    }
    const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;
    // What does not become ready is told by the contracts that ask it.
    await run('kubectl', ['wait', ...inNamespace, 'pod', '--all', '--for=condition=Ready', limit]);
    return await action(siteOf(cluster, mesh.standIns));
  } finally {
    cluster.close();
    await run('kubectl', ['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
  }
}

const siteOf = (cluster: Cluster, standIns: boolean): Site => ({
  inPod: async (pod, ...argv) => {
    // Options of kubectl exec, such as a container, stand before `--`; a command alone gets it.
    const command = argv.includes('--') ? argv : ['--', ...argv];
    return printed(await run('kubectl', [...inNamespace, 'exec', pod, ...command], { timeoutMs: timeouts.commandMs }));
  },
  inSession: async (pod, ...argv) => {
    const args = [...inNamespace, 'exec', pod, '--', ...argv];
    return printed(await cluster.run('kubectl', args, { timeoutMs: timeouts.commandMs }));
  },
  kubectl: async (...args) =>
    printed(await run('kubectl', [...inNamespace, ...args], { timeoutMs: timeouts.commandMs })),
  istioctl: async (...args) => printed(await run('istioctl', args, { timeoutMs: timeouts.commandMs })),
  installSecondRelease: async (revision) =>
    printed(
      await run(secondIstioctl, installArguments(standIns, secondIstio.version, revision), {
        timeoutMs: timeouts.istioReadyMs,
      }),
    ),
  secondIstioctl: async (...args) => printed(await run(secondIstioctl, args, { timeoutMs: timeouts.commandMs })),
  apply: async (file) => {
    await must('kubectl', ['apply', '-f', join(folder, file)]);
  },
  until: async (ask, holds) => (await converge(ask, holds, { deadlineMs: timeouts.settleMs })).last,
});

/** Both outputs, and how it ended, as a contract reads them; what kubectl adds about the end is left out. */
export function printed({ stdout, stderr, exitCode }: Pick<Transcript, 'stdout' | 'stderr' | 'exitCode'>): string {
  const complaints = stderr
    .replace(/^command terminated with exit code \d+\n?/m, '')
    .replace(/^Defaulted container .*\n?/m, '');
  const lines = [stdout, complaints].map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`));
  return `${lines.join('')}exit ${exitCode}`;
}
