/** Namespaces of exercises: how they are known, and how they go. */
import type { KubernetesObject } from '@kubernetes/client-node';

import { timeouts } from '../system/timeouts.ts';
import type { Cluster } from './cluster.ts';

/** Namespaces of exercises carry this label; they come and go while others run, so a snapshot looks past them. */
export const exerciseLabel = 'mesh-mastery.dev/exercise';

const limit = `--timeout=${timeouts.namespaceGoneMs / 1000}s`;

/** Names of the exercises' namespaces that the cluster holds now, also of those that are about to go. */
export async function exerciseNamespaces(cluster: Cluster): Promise<string[]> {
  return (await listNamespaces(cluster))
    .filter(({ metadata }) => metadata?.labels?.[exerciseLabel] !== undefined)
    .map(nameOf);
}

/** Deletes namespaces and waits until they are gone with everything in them. Those that do not exist are no error. */
export async function removeNamespaces(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  const doomed = await present(cluster, namespaces);
  if (doomed.length === 0) return;
  await cluster.must('kubectl', ['delete', 'namespace', ...doomed, '--ignore-not-found', '--wait', limit]);
}

/**
 * Deletes namespaces and lets them go by themselves: Kubernetes sits still for five seconds before it begins
 * (`namespaceDeletionGracePeriod` of its namespace controller). {@link stuckNamespaces} sees that they did.
 */
export async function releaseNamespaces(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  for (const name of namespaces) await cluster.deleteNamespace(name);
}

/** Waits until every exercise's namespace that was deleted is gone; those that are not when the deadline has passed. */
export async function stuckNamespaces(cluster: Cluster): Promise<string[]> {
  const going = (await listNamespaces(cluster)).filter(
    ({ metadata }) => metadata?.labels?.[exerciseLabel] !== undefined && metadata.deletionTimestamp !== undefined,
  );
  if (going.length === 0) return [];
  const names = going.map(nameOf);
  await cluster.run('kubectl', ['wait', '--for=delete', ...names.map((name) => `namespace/${name}`), limit]);
  return present(cluster, names);
}

async function present(cluster: Cluster, namespaces: readonly string[]): Promise<string[]> {
  const there = new Set((await listNamespaces(cluster)).map(nameOf));
  return namespaces.filter((name) => there.has(name));
}

async function listNamespaces(cluster: Cluster): Promise<KubernetesObject[]> {
  return cluster.list({ apiVersion: 'v1', kind: 'Namespace' });
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}
