import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { istioPrograms, secondIstio, versions } from '../../kind/catalogue.ts';
import { west } from '../../kind/clusters.ts';
import { kindRecipe } from '../../kind/kind.ts';
import { Cluster } from '../kube/cluster.ts';
import { stateDir } from '../system/paths.ts';
import type { Progress } from '../system/progress.ts';
import { withoutSurplus } from './as-many-clusters.ts';
import { assemble, clientFolders } from './assemble/assemble.ts';
import { goPrograms } from './assemble/go-programs.ts';
import { cgroupVersion, checkCgroups } from './cgroups.ts';
import { choices, type ImageSource, inWords, unsupportedVersions, usesStandIns } from './choices.ts';
import { useClients } from './client-environment.ts';
import { withEast } from './east.ts';
import { withEdge } from './edge.ts';
import { checkPrivileges, type Engine, ensureEngine } from './engine/engine.ts';
import { installDebootstrap } from './engine/podman.ts';
import { bringImages, equip } from './equip.ts';
import { chooseImageSource, registryAnswers } from './images/image-source.ts';
import { chosenRegistry, mirrored } from './images/mirror.ts';
import { pullImage } from './images/pull.ts';
import { startK3s } from './k3s.ts';
import { startKind } from './kind.ts';
import { findLab, type Lab, startLab } from './lab.ts';
import { lockLab } from './lock.ts';
import { checkResources } from './resources.ts';
import { rootFile } from './root-of-lab.ts';
import { withSecondRelease } from './second-release.ts';
import type { PreparedLab } from './start-cluster.ts';
import { chooseTopology, type Topology } from './topology.ts';
import { nodeImage } from './upstream.ts';

/**
 * From whatever this machine has to a cluster with Istio: engine, images, node, readiness, istiod. Says each choice and
 * how long each part took. kubectl and istioctl of the lab come first in PATH afterwards, KUBECONFIG names the lab.
 */
export async function prepareLab(progress: Progress, kept: boolean): Promise<PreparedLab> {
  await mkdir(stateDir, { recursive: true });
  const chosen = choices();
  progress.say(`chosen: ${inWords(chosen) || 'nothing, so all is as usual'}`);
  await lockLab();
  const imageSource = await chooseImageSource(chosen.IMAGES, registryAnswers);
  await checkResources(imageSource);
  await removeDrafts();
  const tried = unsupportedVersions(chosen, imageSource);
  if (tried.length > 0) progress.say(`not supported, tried because UNSUPPORTED=yes: ${tried.join(', ')}`);
  const engine = await ensureEngine((line) => progress.say(line));
  const up = await findLab(engine);
  const shape = chooseTopology(chosen, up);
  const provider = shape.nodes === 1 ? shape.provider : `${shape.provider} with ${shape.nodes} nodes`;
  progress.say(
    `engine: ${engine.name} ${engine.version} (${engine.origin}); images: ${imageSource}; provider: ${provider}`,
  );
  await checkPrivileges(engine);
  checkCgroups(await cgroupVersion(), imageSource, shape.provider);
  const { node, clientDirs, base } = await nodeAndClients(engine, imageSource, shape, progress);
  useClients(clientDirs);
  const started = await runningLab(engine, { up, node, shape, kept, clientDirs }, progress);
  useClients(started.clientDirs);
  // Whatever cluster the user's own environment points at is not ours to touch.
  process.env['KUBECONFIG'] = started.kubeconfig;
  const found = await withoutSurplus(engine, started, chosen.CLUSTERS);
  const first = { where: new Cluster(found.kubeconfig), cluster: west, nodes: found };
  const source = { engine, imageSource, base };
  const equipped = async () => {
    await bringImages(engine, imageSource, first, progress);
    const [lab] = await Promise.all([
      chosen.REVISIONS === '2' ? withSecondRelease(source, found, progress) : found,
      equip(imageSource, first, progress),
    ]);
    return { engine, lab, imageSource };
  };
  const wanted = Number(chosen.CLUSTERS ?? 1);
  if (wanted === 1) return equipped();
  const two = await withEast(equipped(), { engine, lab: found, imageSource }, kept, progress);
  return wanted === 2 ? two : withEdge(two, kept, progress);
}

async function nodeAndClients(engine: Engine, imageSource: ImageSource, { provider }: Topology, progress: Progress) {
  if (imageSource === 'upstream') {
    const named = nodeImage(provider, usesStandIns(imageSource, choices()));
    const node = mirrored(named, chosenRegistry(choices().REGISTRY));
    await progress.timed('node image: pull', () => pullImage(engine, node));
    return { node, clientDirs: await clientFolders(progress), base: undefined };
  }
  await installDebootstrap((line) => progress.say(line));
  const programs = choices().REVISIONS === '2' ? [istioPrograms(secondIstio)] : [];
  return assemble(engine, progress, provider, programs);
}

/** The lab that is up, if it is as it is wanted; else one in its place. */
async function runningLab(
  engine: Engine,
  wanted: { up: Lab | undefined; node: string; shape: Topology; kept: boolean; clientDirs: readonly string[] },
  progress: Progress,
): Promise<Lab> {
  const { up, node, shape, clientDirs } = wanted;
  const { istio } = versions;
  if (up?.node === node && existsSync(rootFile) && up.istio === istio && up.workerIds.length + 1 === shape.nodes) {
    progress.say('the lab that `make up` started is used again');
    return up;
  }
  if (up !== undefined) progress.say('the lab that is up was made otherwise: it is replaced');
  const lab = { provider: shape.provider, node, kept: wanted.kept || up?.kept === true, istio, clientDirs };
  return progress.timed('container start to node Ready', () =>
    startLab(engine, lab, () => startTopology(engine, lab, shape, progress)),
  );
}

async function startTopology(engine: Engine, wanted: Pick<Lab, 'node' | 'kept'>, shape: Topology, progress: Progress) {
  if (shape.provider === 'k3s') return startK3s(engine, wanted.node, wanted.kept, west);
  await progress.timed('kind: go build', () => goPrograms(kindRecipe));
  return startKind(engine, wanted.node, wanted.kept, shape.nodes, west);
}

/** What an interrupted build left half done; finished parts are in the cache, so the next build goes on from there. */
async function removeDrafts(): Promise<void> {
  const drafts = (await readdir(stateDir)).filter((name) => /^(context|bake|report)-/.test(name));
  await Promise.all(drafts.map((name) => rm(join(stateDir, name), { recursive: true, force: true })));
}
