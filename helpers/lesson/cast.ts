import { configDumpCommand, ownConfig } from '../istio/own-config.ts';
import type { Cluster } from '../kube/cluster.ts';
import { contents } from '../kube/snapshot.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import { seenWorkloads } from './workloads.ts';

/** What a set-up is at one moment: its objects, and what its proxies were told of its Services; a line for each. */
export type CastState = readonly string[];

/** Reads what a set-up is now. */
export async function readCast(cluster: Cluster, namespaces: readonly string[]): Promise<CastState> {
  const objects = await contents(cluster, namespaces);
  const workloads = (await seenWorkloads(cluster, namespaces)).filter(({ sidecar }) => sidecar);
  const proxies: string[] = [];
  for (const { namespace, pods } of workloads) {
    for (const { name } of pods) {
      const args = ['exec', '--namespace', namespace, name, ...configDumpCommand];
      const { stdout } = await cluster.must('kubectl', args, { timeoutMs: timeouts.commandMs });
      proxies.push(...ownConfig(stdout, namespaces).map((line) => `proxy of ${name} ${line}`));
    }
  }
  return [...objects, ...proxies];
}

/**
 * Waits until a set-up is again what it was, at two looks: what was taken away leaves the proxies a moment later. What a
 * network still holds of a NetworkPolicy is not seen; the next claim waits for its own first answers.
 *
 * @returns what differs when the deadline has passed, a line each; nothing if it is as it was
 */
export async function untilAsBefore(
  cluster: Cluster,
  namespaces: readonly string[],
  before: CastState,
): Promise<string[]> {
  const known = new Set(before);
  const differences = async () => {
    const now = await readCast(cluster, namespaces);
    const present = new Set(now);
    return [
      ...now.filter((line) => !known.has(line)).map((line) => `now ${line.slice(0, 200)}`),
      ...before.filter((line) => !present.has(line)).map((line) => `no longer ${line.slice(0, 200)}`),
    ];
  };
  // A look that fails is one that did not see it.
  const look = () => differences().catch((error: unknown) => [`it could not be read: ${String(error)}`]);
  const { last } = await converge(look, (found) => found.length === 0, {
    deadlineMs: timeouts.settleMs,
    confirm: async () => [await look()],
  });
  return last;
}
