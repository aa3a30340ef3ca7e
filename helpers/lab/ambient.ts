/** The time in which a run has ambient mode: it comes before the lessons about it, and goes after them. */
import { join } from 'node:path';

import { installCniImage } from '../../kind/catalogue.ts';
import { nameOf, references } from '../../kind/references.ts';
import { installAmbient, leftOfAmbient, removeAmbient } from '../istio/ambient.ts';
import { Cluster } from '../kube/cluster.ts';
import { difference, type Snapshot, snapshot } from '../kube/snapshot.ts';
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { capabilities } from '../record/capabilities.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { kindDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { debianImage } from './assemble/assemble.ts';
import { buildImage, localPrefix } from './assemble/image.ts';
import { assembleImage } from './assemble/lab-image.ts';
import { choices, usesStandIns } from './choices.ts';
import type { Engine } from './engine/engine.ts';
import { findEngine } from './engine/engine.ts';
import { inContainer } from './engine/in-container.ts';
import { type Ended, forAWhile } from './for-a-while.ts';
import { loadImage } from './images/load-image.ts';
import { pullOnNodes } from './images/pull-on-nodes.ts';
import { findLab, type Lab } from './lab.ts';
import { chosenZtunnel } from './ztunnel.ts';

/**
 * Does something with ambient mode. A lab of ours gets it where there is a ztunnel, and has it taken away in the end;
 * without one it is done all the same, and lessons about ambient mode are skipped. What `make istio-ambient` brought stays.
 */
export async function inAmbient<T extends { readonly failed: number }>(
  lab: ProvidedLab,
  action: () => Promise<T>,
): Promise<Ended<T>> {
  const engine = await findEngine();
  const up = engine === undefined || !lab.ours ? undefined : await findLab(engine);
  if (engine === undefined || up === undefined || !hasZtunnel(up) || (await hasAmbient(up)))
    return { result: await action(), trouble: [] };
  const progress = new Progress();
  const before = await snapshot(new Cluster(up.kubeconfig));
  const ambient = {
    name: 'Ambient mode',
    bring: () => bringAmbient(engine, up, progress),
    end: { 'does not go': () => progress.timed('ambient mode removed', () => takeAmbientAway(engine, up, before)) },
  };
  return forAWhile(ambient, lab.pause, action);
}

/** Brings ambient mode to a lab that is up. */
export async function bringAmbient(engine: Engine, lab: Lab, progress: Progress): Promise<void> {
  const where = new Cluster(lab.kubeconfig);
  await progress.timed('images of ambient mode', () => bringImages(engine, lab, where, progress));
  await progress.timed('ambient mode', () => installAmbient(where, settingsOf(lab)));
  if (!(await hasAmbient(lab)))
    throw new EnvironmentProblem(`ambient mode is not ready: ${capabilities.ambient.lookedFor}`, 'make shell');
}

/** Takes it away again. @throws {Error} that names what stays, or what went with it that was there before */
async function takeAmbientAway(engine: Engine, lab: Lab, before: Snapshot): Promise<void> {
  const where = new Cluster(lab.kubeconfig);
  await removeAmbient(where, settingsOf(lab));
  const left = [...(await leftOfAmbient(where)), ...(await leftOnNodes(engine, lab))];
  const objects = difference(before, await snapshot(where));
  const stays = [...new Set([...left, ...objects.left])].map((name) => `it stays: ${name}`);
  const wrong = [...stays, ...objects.lost.map((name) => `gone with it: ${name}`)];
  if (wrong.length > 0) throw new Error(wrong.join(', '));
}

/** Where nodes keep what belongs to the network: configurations and plugins, of Kubernetes' own and of k3s. */
const networkFolders = [
  { configurations: '/etc/cni/net.d', plugins: '/opt/cni/bin' },
  { configurations: '/var/lib/rancher/k3s/agent/etc/cni/net.d', plugins: '/var/lib/rancher/k3s/data/cni' },
];

/** Files of the plugin that nodes still hold. */
async function leftOnNodes(engine: Engine, lab: Lab): Promise<string[]> {
  const looks = networkFolders.map(
    ({ configurations: folder, plugins }) =>
      `grep -rl istio-cni ${folder}; ls ${plugins}/istio-cni ${folder}/ZZZ-istio-cni-kubeconfig`,
  );
  const script = [...looks, 'true'].join('; ');
  const nodes = [lab.containerId, ...lab.workerIds].map((id) => engine.api.getContainer(id));
  const texts = await Promise.all(nodes.map((node) => inContainer(node, 'sh', '-c', `{ ${script}; } 2>/dev/null`)));
  return texts.flatMap((text) => text.split('\n').filter(Boolean));
}

/** True if ambient mode is there and ready. */
async function hasAmbient(lab: Lab): Promise<boolean> {
  const cluster = new Cluster(lab.kubeconfig);
  return capabilities.ambient.found({ cluster, clusters: [cluster], networkPolicyEnforced: false, ours: true });
}

const isAssembled = ({ node }: Lab) => node.startsWith(localPrefix);

/** True if there is a ztunnel for the lab: the user's, or that of the registry its images come from. */
function hasZtunnel(lab: Lab): boolean {
  return !isAssembled(lab) || choices().ZTUNNEL !== undefined;
}

function settingsOf(lab: Lab) {
  const assembled = isAssembled(lab);
  return {
    upstreamEnvoy: usesStandIns(assembled ? 'assembled' : 'upstream', choices()),
    platform: !assembled && lab.provider === 'k3s' ? ('k3s' as const) : undefined,
  };
}

async function bringImages(engine: Engine, lab: Lab, where: Cluster, progress: Progress): Promise<void> {
  const ztunnel = nameOf(references['istio-ztunnel']);
  if (!isAssembled(lab)) {
    await pullOnNodes(where, [...installCniImage.upstream, ztunnel], (line) => progress.say(line));
    return;
  }
  const { file } = await chosenZtunnel();
  const base = await debianImage(engine);
  const cni = await assembleImage(engine, installCniImage, base);
  for (const name of installCniImage.upstream) await loadImage(engine, lab, cni, name);
  const folder = join(kindDir, 'images/istio-ztunnel');
  await loadImage(
    engine,
    lab,
    await buildImage(engine, 'istio-ztunnel', folder, { ztunnel: file }, [file], base),
    ztunnel,
  );
}
