/** The third cluster of a lab: it has no istiod, east's serves its proxies, and the pods of both reach each other. */
import { rm } from 'node:fs/promises';

import { east, edge, type LabCluster, west } from '../../kind/clusters.ts';
import { createMeshNamespace } from '../istio/istio.ts';
import { forget, nodeAddress } from '../istio/multi-cluster.ts';
import { exposeIstiod, hideIstiod, installRemoteProfile } from '../istio/remote-profile.ts';
import { capabilities } from '../record/capabilities.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { converge } from '../system/polling.ts';
import type { Progress } from '../system/progress.ts';
import { timeouts } from '../system/timeouts.ts';
import { labKubeconfigs } from './client-environment.ts';
import { joinContexts, nameContext } from './contexts.ts';
import type { Engine } from './engine/engine.ts';
import { type Lab, type Nodes, recordLab } from './lab.ts';
import { dnsReady, nodesReady } from './readiness.ts';
import {
  admitPackets,
  inLab,
  onNodes,
  type PreparedLab,
  refusePackets,
  removeNodes,
  startCluster,
} from './start-cluster.ts';

/**
 * Brings the third cluster to a lab of two; it is there already where an earlier command has brought it. Its istiod has not
 * read it yet: that is for an exercise to show.
 *
 * @param kept it stays when this process ends
 */
export async function withEdge(prepared: PreparedLab, kept: boolean, progress: Progress): Promise<PreparedLab> {
  const { engine, lab } = prepared;
  if (lab.east === undefined) throw new Error('A cluster without an istiod comes where east has one');
  if (lab.edge !== undefined) {
    const stays = { ...lab, edge: { ...lab.edge, kept: kept || lab.edge.kept } };
    await recordLab(stays);
    return { ...prepared, lab: stays };
  }
  const { where, nodes } = await startCluster(prepared, edge, kept, progress);
  // On record before east is changed: what is broken off is found, and taken back.
  const all = { ...lab, edge: { ...nodes, kept } };
  await recordLab(all);
  await joinContexts([labKubeconfigs.west, labKubeconfigs.east, labKubeconfigs.edge]);
  await progress.timed("edge: Istio's profile remote, and the way to east", async () => {
    const address = { east: await nodeAddress(inLab(east)), edge: await nodeAddress(where) };
    await Promise.all([
      nodesReady(where),
      dnsReady(where),
      addRoute(engine, nodes, east, address.east),
      addRoute(engine, lab.east ?? nodes, edge, address.edge),
      refusePackets(engine, nodes, west),
      refusePackets(engine, lab, edge),
      exposeIstiod(inLab(east)),
      createMeshNamespace(where, edge).then(() => installRemoteProfile(where, address.east)),
    ]);
  });
  await inMesh(progress);
  return { ...prepared, lab: all };
}

/** Waits until all three are what exercises look for: while a node starts, the istiods of the others may lose one another. */
async function inMesh(progress: Progress): Promise<void> {
  const [first, ...others] = [inLab(west), inLab(east), inLab(edge)] as const;
  const site = { cluster: first, clusters: [first, ...others], networkPolicyEnforced: false, ours: true };
  const found = async () =>
    (await Promise.all([capabilities.clusters2.found(site), capabilities.edge.found(site)])).every(Boolean);
  const { holds } = await progress.timed('edge: the three clusters are found', () =>
    converge(found, Boolean, { deadlineMs: timeouts.istioReadyMs }),
  );
  if (holds) return;
  throw new EnvironmentProblem(
    'the three clusters did not find each other',
    'make shell, then istioctl remote-clusters',
  );
}

/** Removes the third cluster, and what east had because of it; also one that is only half there. Returns the lab of two. */
export async function takeEdgeAway(engine: Engine, lab: Lab): Promise<Lab> {
  const { edge: _, ...two } = lab;
  await Promise.all([
    hideIstiod(inLab(east)),
    // An exercise that was broken off has left it.
    forget(inLab(east), edge.name),
    two.east === undefined ? undefined : onNodes(engine, two.east, `ip route flush ${edge.pods}`),
    admitPackets(engine, lab, edge),
    removeNodes(engine, edge),
  ]);
  // What it told of itself goes from the other files too.
  await nameContext(labKubeconfigs.west, west.name);
  await nameContext(labKubeconfigs.east, east.name);
  await joinContexts([labKubeconfigs.west, labKubeconfigs.east]);
  await rm(labKubeconfigs.edge, { force: true });
  await recordLab(two);
  return two;
}

/** Gives the nodes of a cluster the way to the pods of another cluster. */
async function addRoute(engine: Engine, nodes: Nodes, { pods }: LabCluster, address: string): Promise<void> {
  await onNodes(engine, nodes, `ip route replace ${pods} via ${address}`);
}
