/** An istiod of a lesson's own: how it is installed beside the mesh's, and how it goes. */
import { installArguments, usesUpstreamEnvoy } from '../istio/istio.ts';
import {
  homeOfIstiod,
  labReleases,
  objectsOfRevision,
  removeTrustBundle,
  uninstallArguments,
} from '../istio/own-istiod.ts';
import type { Cluster } from '../kube/cluster.ts';
import { readFixture } from '../kube/manifest.ts';
import { exerciseLabel, releaseNamespaces, removeNamespaces } from '../kube/namespaces.ts';
import { showManifest, step } from '../record/allure.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { giveSecret, type SecretToGive } from './secret.ts';
import type { Site } from './site.ts';

/** What istiod a lesson wants. */
export interface WantedIstiod {
  /** The mesh's own release, unless it is to be the one that REVISIONS=2 brings (capability `rev2`). */
  readonly release?: keyof typeof labReleases;
  /** Name under which it runs; that of its release unless given, e.g. `1-30`. */
  readonly revision?: string;
  /**
   * IstioOperator file of the fixture folder with what it has beyond the lab's settings: a namespace of its own, in which
   * it has a root of its own (`values.global.istioNamespace`, and `trustBundleName` so that it does not overwrite the
   * mesh's), `meshConfig.discoverySelectors`, a trust domain, variables of its environment.
   */
  readonly settings?: string;
  /** What it signs with, in a namespace of its own; without one, it makes a root for itself. */
  readonly authority?: Pick<SecretToGive, 'type' | 'data'>;
}

/** An istiod that a lesson has installed. */
export interface OwnIstiod {
  readonly revision: string;
  readonly namespace: string;
}

/** Installs it and waits until it is available. When the exercise ends it is uninstalled, and nothing of it is left. */
export async function installOwnIstiod(site: Site, wanted: WantedIstiod): Promise<OwnIstiod> {
  const { cluster, recorder, changes, folder } = site;
  const { minor, tag, istioctl } = labReleases[wanted.release ?? 'mesh'];
  const revision = wanted.revision ?? minor.replace('.', '-');
  const settings = wanted.settings === undefined ? undefined : await readFixture(folder, wanted.settings);
  const home = homeOfIstiod(settings?.yaml);
  const type = async (program: string, words: readonly string[]): Promise<Transcript> => {
    await recorder.announce(cluster.typed(program, words));
    const transcript = await cluster.must(program, words, { timeoutMs: timeouts.istioReadyMs });
    await recorder.ran(transcript);
    return transcript;
  };
  await step(`Install the istiod of Istio ${minor} as revision ${revision} in ${home.namespace}`, async () => {
    if (settings !== undefined) await showManifest(settings.file, settings.yaml);
    changes.takeBackAtTheEnd(async () => {
      await uninstall(cluster, istioctl, revision, home.namespace);
      if (home.trustBundle !== undefined) await cluster.must('kubectl', removeTrustBundle(home.trustBundle));
      if (home.isOwn) await releaseNamespaces(cluster, [home.namespace]);
    });
    if (home.isOwn) {
      await removeNamespaces(cluster, [home.namespace]);
      await type('kubectl', ['create', 'namespace', home.namespace]);
      const labels = Object.entries({ ...home.labels, [exerciseLabel]: revision }).map(
        ([key, value]) => `${key}=${value}`,
      );
      await type('kubectl', ['label', 'namespace', home.namespace, ...labels]);
      if (wanted.authority !== undefined)
        await giveSecret(site, { ...wanted.authority, name: 'cacerts', namespace: home.namespace }, 'create');
    }
    const words = installArguments(await usesUpstreamEnvoy(cluster), tag, revision, settings?.path);
    const { durationMs } = await type(istioctl, words);
    recorder.waitedBy(`the istiod of revision ${revision} is available`, durationMs, timeouts.istioReadyMs);
  });
  return { revision, namespace: home.namespace };
}

/**
 * Removes a revision, unless the lesson did, and waits until it is gone: objects go a moment after the command that removes
 * them.
 */
async function uninstall(cluster: Cluster, istioctl: string, revision: string, namespace: string): Promise<void> {
  if ((await cluster.must('kubectl', objectsOfRevision(revision))).stdout.trim() === '') return;
  await cluster.must(istioctl, uninstallArguments(revision, namespace), { timeoutMs: timeouts.istioReadyMs });
  const { holds, last } = await converge(
    () => cluster.must('kubectl', objectsOfRevision(revision)),
    ({ stdout }) => stdout.trim() === '',
    { deadlineMs: timeouts.settleMs },
  );
  if (!holds) throw new Error(`Of the istiod of revision ${revision} there is still: ${last.stdout}`);
}
