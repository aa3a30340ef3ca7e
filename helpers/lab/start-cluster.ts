/** A cluster of a lab besides its first: its node is started on the same engine, and goes without touching the others. */
import type { LabCluster } from '../../kind/clusters.ts';
import { Cluster } from '../kube/cluster.ts';
import type { Progress } from '../system/progress.ts';
import type { ImageSource } from './choices.ts';
import { labKubeconfigs } from './client-environment.ts';
import { clusterLabel, kindLabel } from './engine/checkout.ts';
import type { Engine } from './engine/engine.ts';
import { inContainer } from './engine/in-container.ts';
import { removeLabelled } from './engine/remove-labelled.ts';
import { bringImages, type Started } from './equip.ts';
import { startK3s } from './k3s.ts';
import { startKind } from './kind.ts';
import type { Lab, Nodes } from './lab.ts';

/** A lab that lessons can run on, and the choices that led to it. */
export interface PreparedLab {
  readonly engine: Engine;
  readonly lab: Lab;
  readonly imageSource: ImageSource;
}

/** A cluster of the lab that is up, under its name. */
export function inLab({ name }: LabCluster): Cluster {
  return new Cluster(labKubeconfigs[name], name);
}

/** Starts its node, with the images that it needs; one that did not get ready before, and is on no record, is removed. */
export async function startCluster(
  { engine, lab, imageSource }: PreparedLab,
  cluster: LabCluster,
  kept: boolean,
  progress: Progress,
): Promise<Started> {
  await removeNodes(engine, cluster);
  const nodes = await progress.timed(`${cluster.name}: container start to node Ready`, () =>
    lab.provider === 'k3s' ? startK3s(engine, lab.node, kept, cluster) : startKind(engine, lab.node, kept, 1, cluster),
  );
  const started = { where: inLab(cluster), cluster, nodes };
  await bringImages(engine, imageSource, started, progress);
  return started;
}

/** A route that says that there is none; whichever else there is for the same addresses comes before it. */
const noWayTo = ({ pods }: LabCluster) => `unreachable ${pods} metric 4000`;

/**
 * Has the nodes of one cluster refuse packets for the pods of another. Without that they would go out to the network of the
 * machine, where anybody might answer them.
 */
export async function refusePackets(engine: Engine, nodes: Nodes, other: LabCluster): Promise<void> {
  await onNodes(engine, nodes, `ip route replace ${noWayTo(other)}`);
}

/** Takes that back, also where it was never said. */
export async function admitPackets(engine: Engine, nodes: Nodes, other: LabCluster): Promise<void> {
  await onNodes(engine, nodes, `ip route del ${noWayTo(other)} 2>/dev/null || true`);
}

/** Runs a script of the shell on each node of a cluster. */
export async function onNodes({ api }: Engine, { containerId, workerIds }: Nodes, script: string): Promise<void> {
  await Promise.all([containerId, ...workerIds].map((id) => inContainer(api.getContainer(id), 'sh', '-c', script)));
}

/** Removes the nodes of clusters, also of those that are only half there. */
export async function removeNodes({ api }: Engine, ...clusters: readonly LabCluster[]): Promise<void> {
  const labels = clusters.flatMap(({ name }) => [clusterLabel(name), kindLabel(name)]);
  await Promise.all(labels.map((label) => removeLabelled(api, label)));
}
