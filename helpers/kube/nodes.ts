import type { Cluster } from './cluster.ts';

/** Names of the nodes whose taints let any pod in. */
export async function schedulableNodes(cluster: Cluster): Promise<string[]> {
  const taints = '{range .items[*]}{.metadata.name}{" "}{.spec.taints[*].effect}{"\\n"}{end}';
  const { stdout } = await cluster.must('kubectl', ['get', 'nodes', '-o', `jsonpath=${taints}`]);
  const lines = stdout.split('\n').filter((line) => line !== '' && !/NoSchedule|NoExecute/.test(line));
  return lines.map((line) => line.split(' ')[0] ?? '');
}
