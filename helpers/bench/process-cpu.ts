import { readdir, readFile } from 'node:fs/promises';

import { readStat } from '../system/cost.ts';

/** Processor time until now of this process and those that came of it, in seconds. */
export interface ProcessCpu {
  /** Processes of Node: the runner, and its workers by their process id. */
  readonly runner: number;
  readonly workers: ReadonlyMap<number, number>;
  /** Programs that a worker started, by the worker's process id: kubectl, istioctl, bash. */
  readonly clients: ReadonlyMap<number, number>;
}

/** Reads the tree of processes that begins with this one; nothing of it where there is no `/proc`. */
export async function readProcessCpu(): Promise<ProcessCpu> {
  const { user, system } = process.cpuUsage();
  const workers = new Map<number, number>();
  const clients = new Map<number, number>();
  const all = await readAll();
  const below = (parent: number): number =>
    all
      .filter((each) => each.parent === parent)
      .reduce((sum, { id, ownMs, endedChildrenMs }) => sum + (ownMs + endedChildrenMs) / 1_000 + below(id), 0);
  for (const { name, id, parent, ownMs, endedChildrenMs } of all) {
    // What watches the pods for the account is no part of it.
    if (parent !== process.pid || name === 'kubectl') continue;
    workers.set(id, ownMs / 1_000);
    clients.set(id, endedChildrenMs / 1_000 + below(id));
  }
  return { runner: (user + system) / 1e6, workers, clients };
}

/** Processor time of the whole machine that was not idle, in seconds. https://man7.org/linux/man-pages/man5/proc_stat.5.html */
export async function readMachineCpu(): Promise<number> {
  const line = (await readFile('/proc/stat', 'utf8').catch(() => '')).split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / 100;
}

async function readAll() {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    ids.map(async (id) => {
      // A process may end while it is read.
      const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
      return stat === '' ? [] : [{ id, ...readStat(stat) }];
    }),
  );
  return found.flat();
}
