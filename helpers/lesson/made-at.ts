import type { LessonCluster } from './lesson-cluster.ts';

/** When a namespace was made, as the API server has it: what was logged before is of an earlier run of the exercise. */
export async function madeAt(cluster: LessonCluster, namespace: string): Promise<string> {
  const when = ['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.creationTimestamp}'];
  return (await cluster.kubectl(...when)).stdout;
}
