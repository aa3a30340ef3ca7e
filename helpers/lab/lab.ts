import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { labClusters } from '../../kind/clusters.ts';
import { stateDir } from '../system/paths.ts';
import { labKubeconfigs } from './client-environment.ts';
import { checkoutLabel, kindLabel } from './engine/checkout.ts';
import type { Engine } from './engine/engine.ts';
import { listens } from './engine/listens.ts';
import { removeLabelled } from './engine/remove-labelled.ts';
import { makeRootOfLab, rootFile } from './root-of-lab.ts';

/** Containers of a lab's nodes. */
export interface Nodes {
  /** The first node, which runs the control plane. */
  readonly containerId: string;
  readonly workerIds: readonly string[];
}

/** A cluster of a lab besides the first. */
export interface Further extends Nodes {
  /** True if CLUSTERS asked for it: then it stays with the lab, else it goes when its exercises are over. */
  readonly kept: boolean;
}

/** A cluster of ours that runs. Kept as JSON in the state folder while it does. */
export interface Lab extends Nodes {
  readonly provider: 'k3s' | 'kind';
  /** Image of its nodes. */
  readonly node: string;
  readonly kubeconfig: string;
  /** Release of Istio on it. */
  readonly istio: string;
  /** A release beside it, which can be installed too; missing where there is none. */
  readonly secondIstio?: string;
  /** Folders with its kubectl and istioctl: those of its own releases, whatever a later command chooses. */
  readonly clientDirs: readonly string[];
  /** True if `make up` started it: it stays until `make down`. */
  readonly kept: boolean;
  readonly startedAt: string;
  /** Missing where there is one cluster only. */
  readonly east?: Further;
  /** Missing where there is no cluster without an istiod of its own. */
  readonly edge?: Further;
}

const labFile = join(stateDir, 'lab.json');

/**
 * The lab that was started before and still answers; undefined if there is none. An engine that was not stopped in
 * order, as when the machine was switched off, goes on calling its containers running: so the API server is asked too.
 */
export async function findLab(engine: Engine): Promise<Lab | undefined> {
  const lab = await recordedLab();
  if (lab === undefined) return undefined;
  try {
    return (await allRun(engine, lab)) && (await apiServerListens(lab)) ? lab : undefined;
  } catch {
    return undefined;
  }
}

/** The lab that is on record, whether it answers or not. */
export async function recordedLab(): Promise<Lab | undefined> {
  if (!existsSync(labFile)) return undefined;
  return { provider: 'k3s', workerIds: [], clientDirs: [], ...JSON.parse(await readFile(labFile, 'utf8')) } as Lab;
}

/** True if the containers of all nodes run. @throws if one of them is gone */
export async function allRun(engine: Engine, { containerId, workerIds }: Nodes): Promise<boolean> {
  const containers = [containerId, ...workerIds].map((id) => engine.api.getContainer(id).inspect());
  return (await Promise.all(containers)).every(({ State }) => State.Running);
}

async function apiServerListens({ kubeconfig }: Lab): Promise<boolean> {
  const port = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(await readFile(kubeconfig, 'utf8'))?.[1];
  return port !== undefined && listens({ host: '127.0.0.1', port: Number(port) });
}

/** Starts a lab where none of this checkout was left, and puts it on record. `start` must write its kubeconfig. */
export async function startLab(
  engine: Engine,
  lab: Pick<Lab, 'provider' | 'node' | 'kept' | 'istio' | 'clientDirs'>,
  start: () => Promise<Nodes>,
): Promise<Lab> {
  await sweepLabs(engine);
  await mkdir(stateDir, { recursive: true });
  await makeRootOfLab();
  const started = { ...lab, ...(await start()), kubeconfig: labKubeconfigs.west, startedAt: new Date().toISOString() };
  await recordLab(started);
  return started;
}

/** Puts a lab on record, in place of what was there. */
export async function recordLab(lab: Lab): Promise<void> {
  await writeFile(labFile, JSON.stringify(lab, undefined, 2));
}

/** Removes every container of this checkout, whether it was kept, or left behind by a run that was killed. */
export async function sweepLabs(engine: Engine): Promise<number> {
  const labels = [checkoutLabel, ...labClusters.map(({ name }) => kindLabel(name))];
  const found = await Promise.all(labels.map((label) => removeLabelled(engine.api, label)));
  const files = [labFile, rootFile, ...Object.values(labKubeconfigs)];
  await Promise.all(files.map((file) => rm(file, { force: true })));
  return found.reduce((sum, count) => sum + count, 0);
}
