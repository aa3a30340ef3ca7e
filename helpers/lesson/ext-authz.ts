import {
  type ExtAuthzCounters,
  extAuthzCountersCommand,
  extAuthzSince,
  readExtAuthzCounters,
} from '../istio/ext-authz-counters.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** What the proxy of a workload, e.g. of `deployment/backend`, comes to by asking a decider while calls are made. */
export async function askedMeanwhile(
  cluster: Pick<LessonCluster, 'kubectl'>,
  workload: string,
  calls: () => Promise<unknown>,
): Promise<ExtAuthzCounters> {
  const read = async () =>
    readExtAuthzCounters((await cluster.kubectl('exec', workload, ...extAuthzCountersCommand)).stdout);
  const before = await read();
  await calls();
  return extAuthzSince(before, await read());
}
