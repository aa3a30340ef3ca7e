/** The second cluster of a lab: a node of its own on the same engine, and one mesh with the first. */
import { rm } from 'node:fs/promises';

import { east, type LabCluster, west } from '../../kind/clusters.ts';
import { introduce, leaveMesh, openGateway } from '../istio/multi-cluster.ts';
import { Cluster } from '../kube/cluster.ts';
import { capabilities } from '../record/capabilities.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { converge } from '../system/polling.ts';
import type { Progress } from '../system/progress.ts';
import { timeouts } from '../system/timeouts.ts';
import type { ImageSource } from './choices.ts';
import { labKubeconfigs } from './client-environment.ts';
import { joinContexts, nameContext } from './contexts.ts';
import { clusterLabel, kindLabel } from './engine/checkout.ts';
import type { Engine } from './engine/engine.ts';
import { inContainer } from './engine/in-container.ts';
import { removeLabelled } from './engine/remove-labelled.ts';
import { bringImages, equip } from './equip.ts';
import { startK3s } from './k3s.ts';
import { startKind } from './kind.ts';
import { allRun, type East, type Lab, type Nodes, recordLab } from './lab.ts';

/** A lab that lessons can run on, and the choices that led to it. */
export interface PreparedLab {
  readonly engine: Engine;
  readonly lab: Lab;
  readonly imageSource: ImageSource;
}

/** The two clusters of a lab. */
const clusters = () => ({
  west: new Cluster(labKubeconfigs.west, west.name),
  east: new Cluster(labKubeconfigs.east, east.name),
});

/**
 * Brings a second cluster to a lab and makes one mesh of both; it is there already where an earlier command has brought it.
 *
 * @param equipped the first cluster, which may be on its way
 * @param kept it stays when this process ends
 */
export async function withEast(
  equipped: Promise<PreparedLab>,
  started: PreparedLab,
  kept: boolean,
  progress: Progress,
): Promise<PreparedLab> {
  const { east: there } = started.lab;
  const [prepared, nodes] = await Promise.all([equipped, there ?? startEast(started, kept, progress)]);
  const lab = await joinEast(prepared, { ...nodes, kept: kept || there?.kept === true }, progress);
  return { ...prepared, lab };
}

/** Starts the second cluster, with Istio as the first has it; neither knows of the other yet. */
async function startEast({ engine, lab, imageSource }: PreparedLab, kept: boolean, progress: Progress): Promise<Nodes> {
  // One that did not get ready is on no record.
  await removeNodes(engine);
  const nodes = await progress.timed('east: container start to node Ready', () =>
    lab.provider === 'k3s' ? startK3s(engine, lab.node, kept, east) : startKind(engine, lab.node, kept, 1, east),
  );
  const started = { where: clusters().east, cluster: east, nodes };
  await bringImages(engine, imageSource, started, progress);
  await equip(imageSource, started, progress);
  return nodes;
}

/** Makes one mesh of the two clusters, and waits until each istiod has read the other. Returns the lab with both. */
async function joinEast({ engine, lab }: PreparedLab, nodes: East, progress: Progress): Promise<Lab> {
  // On record before the first cluster is changed: what is broken off is found, and taken back.
  const both = { ...lab, east: nodes };
  await recordLab(both);
  await joinContexts([labKubeconfigs.west, labKubeconfigs.east]);
  const pair = clusters();
  await progress.timed('gateways, and each cluster introduced to the other', () =>
    Promise.all([
      openGateway(pair.west, west),
      openGateway(pair.east, east),
      introduce(pair.east, pair.west),
      introduce(pair.west, pair.east),
      keepApart(engine, lab, east),
      keepApart(engine, nodes, west),
    ]),
  );
  const site = { cluster: pair.west, clusters: [pair.west, pair.east], networkPolicyEnforced: false, ours: true };
  const { holds } = await progress.timed('each istiod has read the other cluster', () =>
    converge(() => capabilities.clusters2.found(site), Boolean, { deadlineMs: timeouts.istioReadyMs }),
  );
  if (holds) return both;
  throw new EnvironmentProblem('the two clusters did not find each other', 'make shell, then istioctl remote-clusters');
}

/** Removes the second cluster, and what the first had because of it; also one that is only half there. Returns the lab with the first alone. */
export async function takeEastAway(engine: Engine, lab: Lab): Promise<Lab> {
  const { east: _, ...alone } = lab;
  await Promise.all([
    leaveMesh(clusters().west, west, east.name),
    onNodes(engine, lab, `ip route del ${wayTo(east)} 2>/dev/null || true`),
    removeNodes(engine),
  ]);
  await nameContext(labKubeconfigs.west, west.name);
  await rm(labKubeconfigs.east, { force: true });
  await recordLab(alone);
  return alone;
}

/** A route that says that there is none; whichever else there is for the same addresses comes before it. */
const wayTo = ({ pods }: LabCluster) => `unreachable ${pods} metric 4000`;

/**
 * Has the nodes of one cluster refuse packets for the pods of another. Without that they would go out to the network of the
 * machine, where anybody might answer them.
 */
async function keepApart(engine: Engine, nodes: Nodes, other: LabCluster): Promise<void> {
  await onNodes(engine, nodes, `ip route replace ${wayTo(other)}`);
}

async function onNodes({ api }: Engine, { containerId, workerIds }: Nodes, script: string): Promise<void> {
  await Promise.all([containerId, ...workerIds].map((id) => inContainer(api.getContainer(id), 'sh', '-c', script)));
}

async function removeNodes({ api }: Engine): Promise<void> {
  await Promise.all([clusterLabel('east'), kindLabel('east')].map((label) => removeLabelled(api, label)));
}

/** The lab without a second cluster that no longer runs, as after a command that was killed. */
export async function withoutLostEast(engine: Engine, lab: Lab): Promise<Lab> {
  if (lab.east === undefined) return lab;
  const runs = await allRun(engine, lab.east).catch(() => false);
  return runs ? lab : takeEastAway(engine, lab);
}
