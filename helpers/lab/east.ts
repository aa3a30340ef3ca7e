/** The second cluster of a lab: a node of its own on the same engine, and one mesh with the first. */
import { rm } from 'node:fs/promises';

import { east, edge, west } from '../../kind/clusters.ts';
import { introduce, leaveMesh, openGateway } from '../istio/multi-cluster.ts';
import { capabilities } from '../record/capabilities.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { converge } from '../system/polling.ts';
import type { Progress } from '../system/progress.ts';
import { timeouts } from '../system/timeouts.ts';
import { labKubeconfigs } from './client-environment.ts';
import { joinContexts, nameContext } from './contexts.ts';
import type { Engine } from './engine/engine.ts';
import { equip } from './equip.ts';
import { type Further, type Lab, type Nodes, recordLab } from './lab.ts';
import { admitPackets, inLab, type PreparedLab, refusePackets, removeNodes, startCluster } from './start-cluster.ts';

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
async function startEast(prepared: PreparedLab, kept: boolean, progress: Progress): Promise<Nodes> {
  const started = await startCluster(prepared, east, kept, progress);
  await equip(prepared.imageSource, started, progress);
  return started.nodes;
}

/** Makes one mesh of the two clusters, and waits until each istiod has read the other. Returns the lab with both. */
async function joinEast({ engine, lab }: PreparedLab, nodes: Further, progress: Progress): Promise<Lab> {
  // On record before the first cluster is changed: what is broken off is found, and taken back.
  const both = { ...lab, east: nodes };
  await recordLab(both);
  await joinContexts([labKubeconfigs.west, labKubeconfigs.east]);
  const pair = { west: inLab(west), east: inLab(east) };
  await progress.timed('gateways, and each cluster introduced to the other', () =>
    Promise.all([
      openGateway(pair.west, west),
      openGateway(pair.east, east),
      introduce(pair.east, pair.west),
      introduce(pair.west, pair.east),
      refusePackets(engine, lab, east),
      refusePackets(engine, nodes, west),
    ]),
  );
  const site = { cluster: pair.west, clusters: [pair.west, pair.east], networkPolicyEnforced: false, ours: true };
  const { holds } = await progress.timed('each istiod has read the other cluster', () =>
    converge(() => capabilities.clusters2.found(site), Boolean, { deadlineMs: timeouts.istioReadyMs }),
  );
  if (holds) return both;
  throw new EnvironmentProblem('the two clusters did not find each other', 'make shell, then istioctl remote-clusters');
}

/**
 * Removes the second cluster and the one that lives on its istiod, and what the first had because of it; also one that is
 * only half there. Returns the lab with the first alone.
 */
export async function takeEastAway(engine: Engine, lab: Lab): Promise<Lab> {
  const { east: _, edge: __, ...alone } = lab;
  await Promise.all([
    leaveMesh(inLab(west), west, east.name),
    admitPackets(engine, lab, east),
    removeNodes(engine, east, edge),
  ]);
  await nameContext(labKubeconfigs.west, west.name);
  await Promise.all([labKubeconfigs.east, labKubeconfigs.edge].map((file) => rm(file, { force: true })));
  await recordLab(alone);
  return alone;
}
