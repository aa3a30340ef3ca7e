import { readdir, readFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../system/paths.ts';
import { run } from '../../system/program.ts';
import type { Engine } from './engine.ts';

/**
 * What a command could leave behind, one line a thing: containers, networks, volumes, processes and files.
 *
 * @param mark `NAME=value` in the environment that the command was started with, by which its processes are known
 */
export async function traces(engine: Engine, mark: string): Promise<string[]> {
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    engine.api.listContainers({ all: true }),
    engine.api.listNetworks(),
    engine.api.listVolumes(),
  ]);
  return [
    ...containers.map(({ Id, State }) => `container ${Id.slice(0, 12)} ${State}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...volumes.map(({ Name }) => `volume ${Name}`),
    ...(await processes(mark)),
    ...(await namesIn(tmpdir())),
    ...(await namesIn(homedir())),
    ...(await namesIn(join(homedir(), '.kube'))),
    ...(await filesOfCheckout()),
  ].toSorted();
}

/** Processes that inherited the mark, but for the engine's own service, which ends by itself. */
async function processes(mark: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
      if (!environment.split('\0').includes(mark)) return [];
      const { stdout } = await run('ps', ['--pid', id, '--format', 'args=']);
      return stdout.trim() === '' || stdout.includes('system service') ? [] : [`process ${id} ${stdout.trim()}`];
    }),
  );
  return found.flat();
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => `file ${join(folder, name)}`);
}

/** Files that git neither has nor is told to ignore, or that were changed. */
async function filesOfCheckout(): Promise<string[]> {
  const { stdout } = await run('git', ['status', '--porcelain'], { cwd: projectRoot });
  return stdout.split('\n').filter((line) => line !== '');
}
