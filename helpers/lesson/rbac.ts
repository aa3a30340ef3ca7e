import { type RbacCounters, rbacCountersCommand, readRbacCounters } from '../istio/rbac-counters.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** What the proxy of a workload of the lesson has decided so far, e.g. of `deployment/backend`. */
export async function rbacCountersOf(cluster: Pick<LessonCluster, 'kubectl'>, workload: string): Promise<RbacCounters> {
  return readRbacCounters((await cluster.kubectl('exec', workload, ...rbacCountersCommand)).stdout);
}
