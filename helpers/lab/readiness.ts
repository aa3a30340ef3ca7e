import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

const limit = `--timeout=${timeouts.nodeReadyMs / 1000}s`;

/** Waits, by watches, for everything a lesson takes for granted: nodes, cluster DNS, the default service account. */
export async function clusterReady(): Promise<void> {
  await Promise.all([
    must('kubectl', ['wait', 'nodes', '--all', '--for=condition=Ready', limit]),
    must('kubectl', ['wait', 'deployment', 'coredns', '-n', 'kube-system', '--for=condition=Available', limit]),
    must('kubectl', ['wait', 'serviceaccount', 'default', '-n', 'default', '--for=create', limit]),
  ]);
}
