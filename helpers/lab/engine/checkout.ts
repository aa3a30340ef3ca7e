/** What tells the containers of this checkout from everybody else's, and sees that they do not outlive their command. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { LabCluster } from '../../../kind/clusters.ts';
import { projectRoot, stateDir } from '../../system/paths.ts';
import { startCompanion } from '../../system/program.ts';
import type { Engine } from './engine.ts';

type Name = LabCluster['name'];

const checkout = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);

/** Marks every container of this checkout, so that ours are found and nobody else's are touched. */
export const checkoutLabel = { 'mesh-mastery.dev/checkout': checkout };

/** Marks what this one command starts, so that its end is not the end of what the next has started meanwhile. */
export const commandLabel = { 'mesh-mastery.dev/command': randomUUID() };

/** Marks what belongs to one cluster of a lab. */
export function clusterLabel(cluster: Name): Readonly<Record<string, string>> {
  return { ...checkoutLabel, 'mesh-mastery.dev/cluster': cluster };
}

/** Name that kind gives to a cluster of this checkout. */
export function kindCluster(cluster: Name): string {
  return `mesh-mastery-${checkout}${cluster === 'west' ? '' : `-${cluster}`}`;
}

/** kind labels its containers itself, and takes no labels of ours. */
export function kindLabel(cluster: Name): Readonly<Record<string, string>> {
  return { 'io.x-k8s.kind.cluster': kindCluster(cluster) };
}

/** Has a container removed when this process has ended, however it ends; also if it is killed. */
export function removeWithThisProcess(engine: Engine, containerId: string): void {
  startReaper(engine, containerId);
}

/** The same for a node that is only being started, and has no id yet: for every container with this command's label. */
export function removeNodeWithThisProcess(engine: Engine): void {
  startReaper(engine, ...Object.entries(commandLabel).map(([name, value]) => `${name}=${value}`));
}

/** The same for all nodes of a cluster that kind starts, also for those that are not there yet. */
export function removeKindWithThisProcess(engine: Engine, cluster: Name): void {
  startReaper(engine, ...Object.entries(kindLabel(cluster)).map(([name, value]) => `${name}=${value}`));
}

function startReaper({ socket }: Engine, ...what: readonly string[]): void {
  startCompanion(join(import.meta.dirname, 'reaper.ts'), [socket, ...what], join(stateDir, 'reaper.log'));
}
