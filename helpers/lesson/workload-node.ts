import type { LessonCluster } from './lesson-cluster.ts';

/** Name of the node on which the first pod of a workload runs. */
export async function nodeNameOf(cluster: LessonCluster, app: string): Promise<string> {
  const node = ['get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[0].spec.nodeName}'];
  return (await cluster.kubectl(...node)).stdout;
}

/** Name of the ztunnel on the node of a workload: the one that its connections go through. */
export async function ztunnelOf(cluster: LessonCluster, app: string): Promise<string> {
  const there = ['-l', 'app=ztunnel', '--field-selector', `spec.nodeName=${await nodeNameOf(cluster, app)}`];
  const name = ['-o', 'jsonpath={.items[0].metadata.name}'];
  return (await cluster.kubectl('get', 'pods', '--namespace', 'istio-system', ...there, ...name)).stdout;
}
