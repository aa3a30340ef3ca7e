/** Processor time by control group: of pods, of their containers, and of the node that they run on. Linux only. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where groups are mounted that count processor time: all of version 2, or one hierarchy of version 1. */
const root = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpuacct';

/** A container of a pod, or its sandbox. */
export interface ContainerCpu {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly seconds: number;
}

/** Processor time until now, in seconds. */
export interface GroupCpu {
  /** All pods, those that are gone included. */
  readonly pods: number;
  /** The node's own processes: kubelet, container runtime, what they start. */
  readonly node: number;
  /** The pods that are there, each by the directory of its group. */
  readonly byPod: ReadonlyMap<string, { readonly seconds: number; readonly containers: readonly ContainerCpu[] }>;
}

/**
 * Reads what the pods of a node have used, and the node beside them.
 *
 * @param nodeContainer id of the container that is the node
 * @returns undefined where there are no such groups
 */
export async function readGroupCpu(nodeContainer: string): Promise<GroupCpu | undefined> {
  const node = await find(root, (name) => name.includes(nodeContainer), 3);
  if (node === undefined) return undefined;
  // Below the node's own group where groups are of version 2; on version 1 beside it, so one lab at a time can be measured.
  const isPods = (name: string) => /^kubepods(\.slice)?$/.test(name);
  const kubepods = (await find(node, isPods, 3)) ?? (await find(root, isPods, 5));
  if (kubepods === undefined) return undefined;
  const [pods, ofNode] = await Promise.all([secondsOf(kubepods), secondsOf(node)]);
  const byPod = new Map<string, { seconds: number; containers: ContainerCpu[] }>();
  await addPods(kubepods, byPod);
  // On version 2 the pods' group lies within their node's.
  return { pods, node: kubepods.startsWith(`${node}/`) ? ofNode - pods : ofNode, byPod };
}

async function addPods(folder: string, byPod: Map<string, { seconds: number; containers: ContainerCpu[] }>) {
  for (const name of await foldersIn(folder)) {
    const path = join(folder, name);
    if (!/pod[\da-f][\da-f_-]{31,35}(\.slice)?$/.test(name)) {
      await addPods(path, byPod);
      continue;
    }
    const containers: ContainerCpu[] = [];
    for (const child of await foldersIn(path)) {
      const id = /[\da-f]{64}/.exec(child)?.[0];
      if (id !== undefined) containers.push({ id, seconds: await secondsOf(join(path, child)) });
    }
    byPod.set(path, { seconds: await secondsOf(path), containers });
  }
}

/** Groups come and go while they are read: one that is gone has none below it. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function secondsOf(folder: string): Promise<number> {
  const version1 = await readFile(join(folder, 'cpuacct.usage'), 'utf8').catch(() => '');
  if (version1 !== '') return Number(version1) / 1e9;
  const version2 = await readFile(join(folder, 'cpu.stat'), 'utf8').catch(() => '');
  return Number(/^usage_usec (\d+)/m.exec(version2)?.[1] ?? 0) / 1e6;
}

async function find(folder: string, isIt: (name: string) => boolean, depth: number): Promise<string | undefined> {
  const names = await foldersIn(folder);
  const own = names.find(isIt);
  if (own !== undefined) return join(folder, own);
  if (depth === 0) return undefined;
  for (const name of names) {
    const found = await find(join(folder, name), isIt, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
