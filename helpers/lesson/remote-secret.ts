/** The credential that one cluster has for another: given, taken away, and as it was found when the exercise ends. */
import { forget, introduction, readerToken, secretFor } from '../istio/multi-cluster.ts';
import { readRemoteClusters, remoteClustersCommand } from '../istio/remote-clusters.ts';
import type { Cluster } from '../kube/cluster.ts';
import { step } from '../record/allure.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Changes } from './changes.ts';
import type { Site } from './site.ts';

/** A credential other than the usual one. */
export interface CredentialWish {
  /** Address of the API server that it names; the one at which it answers unless given. */
  readonly server?: string;
  /** Secret with the token that it carries, in the other cluster's istio-system; the first one that istioctl finds or makes unless given. */
  readonly account?: string;
}

interface FoundObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Lessons that will put back what they found, and whether a credential of theirs named an address where nobody answers. */
const kept = new WeakMap<Changes, { ledNowhere: boolean }>();

/** Takes away what the cluster has for another, as a part of the set-up: it is done in every kind of run. */
export async function withdrawRemoteSecret(site: Site, other: Cluster): Promise<void> {
  const { cluster, recorder } = site;
  await step(`Take away the credential of ${cluster.name} for ${other.name}`, async () => {
    await keep(site, other);
    const words = ['delete', 'secret', secretFor(other.name), '--namespace', 'istio-system'];
    await recorder.announce(cluster.typed('kubectl', words));
    await recorder.ran(await cluster.must('kubectl', words));
  });
}

/** Gives the cluster a credential for another, as the lesson's change. The token in it is shown nowhere. */
export async function giveRemoteSecret(
  site: Site,
  other: Cluster,
  wish: CredentialWish,
  namespaces: readonly string[],
): Promise<void> {
  const { cluster, changes } = site;
  const found = await keep(site, other);
  found.ledNowhere ||= wish.server !== undefined;
  const words = await introduction(other, wish);
  const typed = `${other.typed('istioctl', words)} | ${cluster.typed('kubectl', ['apply', '-f', '-'])}`;
  await changes.make(
    {
      title: `Give ${cluster.name} a credential for ${other.name}`,
      typed,
      make: async (): Promise<Transcript> => {
        const secret = await other.must('istioctl', words, { timeoutMs: timeouts.commandMs });
        const applied = await cluster.must('kubectl', ['apply', '-f', '-'], { input: secret.stdout });
        return { ...applied, command: typed };
      },
    },
    namespaces,
  );
}

/** Remembers the credential as it is now; it is back, and read by istiod, when the exercise has ended. */
async function keep({ cluster, changes }: Site, other: Cluster): Promise<{ ledNowhere: boolean }> {
  const earlier = kept.get(changes);
  if (earlier !== undefined) return earlier;
  const now = { ledNowhere: false };
  kept.set(changes, now);
  const words = [
    'get',
    'secret',
    secretFor(other.name),
    '--namespace',
    'istio-system',
    '--ignore-not-found',
    '-o',
    'json',
  ];
  const { stdout: secret } = await cluster.must('kubectl', words);
  if (secret === '') {
    changes.takeBackAtTheEnd(await untilForgotten(cluster, other));
    return now;
  }
  const { metadata, ...found } = JSON.parse(secret) as FoundObject;
  const { name, namespace, labels, annotations } = metadata;
  const input = JSON.stringify({ ...found, metadata: { name, namespace, labels, annotations } });
  changes.takeBackAtTheEnd(async () => {
    // What was applied and deleted meanwhile has left notes that a merge would go by.
    await cluster.must('kubectl', ['delete', 'secret', name, '--namespace', namespace, '--ignore-not-found']);
    await untilStatusIs(undefined, cluster, other);
    // Istio 1.31 does not forget a cluster that it could not read: what comes after it is not removed when its Secret is.
    if (now.ledNowhere) await restartIstiod(cluster);
    await cluster.must('kubectl', ['create', '-f', '-'], { input });
    await untilStatusIs('synced', cluster, other);
  });
  return now;
}

async function restartIstiod(cluster: Cluster): Promise<void> {
  const istiod = ['deployment/istiod', '--namespace', 'istio-system'];
  await cluster.must('kubectl', ['rollout', 'restart', ...istiod]);
  await cluster.must('kubectl', ['rollout', 'status', ...istiod], { timeoutMs: timeouts.istioReadyMs });
}

/** @throws {Error} if istiod does not come to list another cluster so; undefined is one that it does not list */
async function untilStatusIs(status: string | undefined, cluster: Cluster, other: Cluster): Promise<void> {
  const { holds, last } = await converge(
    () => cluster.run('istioctl', remoteClustersCommand, { timeoutMs: timeouts.commandMs }),
    ({ exitCode, stdout }) =>
      exitCode === 0 && readRemoteClusters(stdout).find(({ name }) => name === other.name)?.status === status,
    { deadlineMs: timeouts.settleMs },
  );
  if (!holds)
    throw new Error(`${cluster.name} does not list ${other.name} as ${status ?? 'gone'}: ${last.stdout}${last.stderr}`);
}

/**
 * How a cluster is forgotten that its reader had not read before. Where it has no istiod, the reader has written its root into
 * the webhooks there, which are then as they were.
 */
async function untilForgotten(cluster: Cluster, other: Cluster): Promise<() => Promise<void>> {
  const words = ['get', 'mutatingwebhookconfigurations', '--selector', 'app=sidecar-injector', '-o', 'json'];
  const { items } = JSON.parse((await other.must('kubectl', words)).stdout) as { items: readonly FoundObject[] };
  const asFound = items.map(({ metadata: { name, labels, annotations }, ...found }) =>
    JSON.stringify({ ...found, metadata: { name, labels, annotations } }),
  );
  return async () => {
    await forget(cluster, other.name);
    await untilStatusIs(undefined, cluster, other);
    const token = ['delete', 'secret', readerToken, '--namespace', 'istio-system', '--ignore-not-found'];
    await other.must('kubectl', token);
    for (const input of asFound) await other.must('kubectl', ['replace', '-f', '-'], { input });
  };
}
