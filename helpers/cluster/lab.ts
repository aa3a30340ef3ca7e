import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stateDir } from '../places.ts';
import { timeouts } from '../timeouts.ts';
import { checkoutLabel, removeWithThisProcess } from './checkout.ts';
import type { Engine } from './engine.ts';
import { listens } from './listens.ts';

/** A cluster of ours that runs. Kept as JSON in the state folder while it does. */
export interface Lab {
  readonly containerId: string;
  /** Image of its node. */
  readonly node: string;
  readonly kubeconfig: string;
  /** True if `make up` started it: it stays until `make down`. */
  readonly kept: boolean;
  readonly startedAt: string;
}

const labFile = join(stateDir, 'lab.json');
const kubeconfigFile = join(stateDir, 'kubeconfig.yaml');

/**
 * The lab that was started before and still answers; undefined if there is none. An engine that was not stopped in
 * order, as when the machine was switched off, goes on calling its containers running: so the API server is asked too.
 */
export async function findLab(engine: Engine): Promise<Lab | undefined> {
  if (!existsSync(labFile)) return undefined;
  const lab = JSON.parse(await readFile(labFile, 'utf8')) as Lab;
  try {
    const { State } = await engine.api.getContainer(lab.containerId).inspect();
    return State.Running && (await apiServerListens(lab)) ? lab : undefined;
  } catch {
    return undefined;
  }
}

async function apiServerListens({ kubeconfig }: Lab): Promise<boolean> {
  const port = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(await readFile(kubeconfig, 'utf8'))?.[1];
  return port !== undefined && listens({ host: '127.0.0.1', port: Number(port) });
}

/** Starts a node and waits for its API. A lab that is not kept is removed when this process ends, however it ends. */
export async function startLab(engine: Engine, node: string, kept: boolean): Promise<Lab> {
  process.env['DOCKER_HOST'] = `unix://${engine.socket}`;
  // The reaper of testcontainers is an image that a machine without a registry cannot have; ours is reaper.ts.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  const { K3sContainer } = await import('@testcontainers/k3s');
  await sweepLabs(engine);
  await mkdir(stateDir, { recursive: true });
  const container = await new K3sContainer(node)
    .withLabels(checkoutLabel)
    .withStartupTimeout(timeouts.nodeReadyMs)
    .start();
  const lab: Lab = {
    containerId: container.getId(),
    node,
    kubeconfig: kubeconfigFile,
    kept,
    startedAt: new Date().toISOString(),
  };
  if (!kept) removeWithThisProcess(engine, lab.containerId);
  await writeFile(kubeconfigFile, container.getKubeConfig(), { mode: 0o600 });
  await writeFile(labFile, JSON.stringify(lab, undefined, 2));
  return lab;
}

/** Removes every container of this checkout, whether it was kept, or left behind by a run that was killed. */
export async function sweepLabs(engine: Engine): Promise<number> {
  const label = Object.entries(checkoutLabel).map(([name, value]) => `${name}=${value}`);
  const found = await engine.api.listContainers({ all: true, filters: { label } });
  await Promise.all(found.map(({ Id }) => engine.api.getContainer(Id).remove({ force: true, v: true })));
  await rm(labFile, { force: true });
  await rm(kubeconfigFile, { force: true });
  return found.length;
}
