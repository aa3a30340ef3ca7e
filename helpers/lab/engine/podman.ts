import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { join } from 'node:path';

import type Docker from 'dockerode';

import { EnvironmentProblem } from '../../system/errors.ts';
import { cacheDir, stateDir } from '../../system/paths.ts';
import { converge } from '../../system/polling.ts';
import { must, run, startDetached } from '../../system/program.ts';
import { timeouts } from '../../system/timeouts.ts';
import { listens } from './listens.ts';

/** Socket of the Podman that this checkout serves for itself. */
export const podmanSocket = join(stateDir, 'podman.sock');

const containersConf = join(stateDir, 'containers.conf');
const storageConf = join(stateDir, 'storage.conf');

/** Environment in which the program `podman` works on the storage and the networks of the Podman that we serve. */
export const podmanEnvironment = { CONTAINERS_CONF: containersConf, CONTAINERS_STORAGE_CONF: storageConf };

/** True if this checkout has served Podman's API before. */
export function podmanWasServed(): boolean {
  return existsSync(storageConf);
}

/** The service ends when no client has been connected for so long. */
const idleSeconds = 15;

/** Programs that assembling needs, and the Debian package each comes in. */
const packages = {
  podman: 'podman',
  runc: 'runc',
  iptables: 'iptables',
  debootstrap: 'debootstrap',
} as const;

/** True on distributions whose packages we know. */
export async function canInstallPodman(): Promise<boolean> {
  return (await run('apt-get', ['--version'])).exitCode === 0;
}

/** Installs from the distribution what is missing of Podman and its companions; does nothing where all is there. */
export async function installPodman(say: (line: string) => void): Promise<void> {
  await installMissing(Object.keys(packages) as (keyof typeof packages)[], say);
}

/** Installs debootstrap where it is missing: the Debian layer of assembled images is made by it, on any engine. */
export async function installDebootstrap(say: (line: string) => void): Promise<void> {
  await installMissing(['debootstrap'], say);
}

async function installMissing(
  programs: readonly (keyof typeof packages)[],
  say: (line: string) => void,
): Promise<void> {
  const found = await Promise.all(programs.map(async (program) => (await run('which', [program])).exitCode === 0));
  const missing = programs.filter((_, index) => !found[index]).map((program) => packages[program]);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !(await canInstallPodman())) {
    throw new EnvironmentProblem(
      `missing: ${missing.join(', ')}`,
      `install ${missing.join(' and ')} with your package manager`,
    );
  }
  say(`installing ${missing.join(', ')} from the distribution`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await must('apt-get', ['update', '-qq'], { env });
  await must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing, 'ca-certificates'], { env });
}

/**
 * Serves Podman's API on our socket, with a configuration, storage and networks of our own. It ends by itself when no
 * client is connected; {@link keepServing} is the client that stays.
 */
export async function servePodman(): Promise<void> {
  // runc: crun of Debian 12 refuses machines that mount both versions of cgroups.
  await writeFile(
    containersConf,
    `[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n[network]\nnetwork_config_dir = "${join(cacheDir, 'podman-networks')}"\n`,
  );
  await writeFile(
    storageConf,
    `[storage]\ndriver = "overlay"\ngraphroot = "${join(cacheDir, 'podman')}"\nrunroot = "${join(cacheDir, 'podman-run')}"\n`,
  );
  await mkdir(join(cacheDir, 'podman-networks'), { recursive: true });
  startDetached('podman', ['system', 'service', `--time=${idleSeconds}`, `unix://${podmanSocket}`], {
    env: podmanEnvironment,
    logFile: join(stateDir, 'podman.log'),
  });
  const served = await converge(
    () => listens({ path: podmanSocket }),
    (ok) => ok,
    { deadlineMs: timeouts.engineReadyMs, firstPauseMs: 50 },
  );
  if (!served.holds) throw new EnvironmentProblem('Podman does not serve its API', 'read .state/podman.log');
}

/**
 * Keeps one connection to the engine open as long as this process lives, so that the service does not end meanwhile; the
 * connection itself does not keep the process.
 */
export async function keepServing(api: Docker): Promise<void> {
  const events = await api.getEvents();
  if (events instanceof IncomingMessage) events.socket.unref();
  events.on('error', () => {});
  events.resume();
}
