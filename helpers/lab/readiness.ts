import type { Cluster } from '../kube/cluster.ts';
import { timeouts } from '../system/timeouts.ts';

const limit = `--timeout=${timeouts.nodeReadyMs / 1000}s`;

/** Waits, by watches, until pods can be started: for nodes, and the default service account. */
export async function nodesReady(where: Cluster): Promise<void> {
  await Promise.all([
    where.must('kubectl', ['wait', 'nodes', '--all', '--for=condition=Ready', limit]),
    where.must('kubectl', ['wait', 'serviceaccount', 'default', '-n', 'default', '--for=create', limit]),
  ]);
}

/** Waits until cluster DNS answers; what is started before must not ask it. */
export async function dnsReady(where: Cluster): Promise<void> {
  await where.must('kubectl', [
    'wait',
    'deployment',
    'coredns',
    '-n',
    'kube-system',
    '--for=condition=Available',
    limit,
  ]);
}
