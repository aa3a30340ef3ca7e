import { join } from 'node:path';

import { currentCluster } from '../kube/cluster.ts';
import { removeNamespaces } from '../kube/namespaces.ts';
import { fixturesDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

const folder = join(fixturesDir, '00-lab/network-policy-probe');
const namespace = 'm0-network-policy-probe';

/**
 * True if the network enforces NetworkPolicy: in a scratch namespace a call that works stops working under a deny-all.
 * On a cluster that does not enforce, policies are accepted and do nothing, so only such a probe can tell.
 */
export async function enforcesNetworkPolicy(): Promise<boolean> {
  const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;
  // A run that ended a moment ago may have left it going, with its policy in force.
  await removeNamespaces(currentCluster(), [namespace]);
  try {
    await must('kubectl', ['apply', '-f', join(folder, '10-setup.yaml')]);
    await must('kubectl', ['wait', '-n', namespace, 'pod', '--all', '--for=condition=Ready', limit]);
    const call = [
      '-n',
      namespace,
      'exec',
      'caller',
      '--',
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '-m',
      '1',
      'http://server/',
    ];
    const curlExit = async () => (await run('kubectl', call)).exitCode;
    const deadlineMs = timeouts.settleMs;
    const open = await converge(curlExit, (exit) => exit === 0, { deadlineMs });
    if (!open.holds) throw new Error(`the probe's own call does not work: curl exits with ${open.last}`);
    await must('kubectl', ['apply', '-f', join(folder, '20-deny-all.yaml')]);
    return (await converge(curlExit, (exit) => exit === 28 || exit === 7, { deadlineMs: deadlineMs / 2 })).holds;
  } finally {
    await run('kubectl', ['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
  }
}
