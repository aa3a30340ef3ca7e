import { existsSync } from 'node:fs';

import Docker from 'dockerode';

import { EnvironmentProblem } from '../../system/errors.ts';
import {
  canInstallPodman,
  installPodman,
  keepServing,
  podmanEnvironment,
  podmanSocket,
  podmanWasServed,
  servePodman,
} from './podman.ts';

/** A container engine whose API answers on a socket of this machine. */
export interface Engine {
  readonly name: 'Docker' | 'Podman';
  readonly version: string;
  readonly socket: string;
  /** Client of the engine's Docker-compatible API. */
  readonly api: Docker;
  /** Where it came from, for people. */
  readonly origin: string;
}

const dockerSocket = '/var/run/docker.sock';

/** What an engine says of itself at `/version`. https://docs.docker.com/reference/api/engine/ */
interface EngineVersion {
  readonly Version: string;
  readonly Components?: readonly { readonly Name: string }[];
}

/** Connects to the engine behind a socket; undefined where nothing answers. Which one it is, it says itself. */
async function connect(socket: string, origin: string): Promise<Engine | undefined> {
  if (!existsSync(socket)) return undefined;
  const api = new Docker({ socketPath: socket });
  try {
    const { Version, Components = [] } = (await api.version()) as EngineVersion;
    if (socket === podmanSocket) await keepServing(api);
    const name = Components.some((component) => component.Name.startsWith('Podman')) ? 'Podman' : 'Docker';
    return { name, version: Version, socket, api, origin };
  } catch {
    return undefined;
  }
}

/** The program that speaks to an engine, and the environment in which it speaks to this one. */
export function clientOf({ name, socket }: Pick<Engine, 'name' | 'socket'>): {
  readonly program: 'docker' | 'podman';
  readonly env: Readonly<Record<string, string>>;
} {
  if (name === 'Docker') return { program: 'docker', env: { DOCKER_HOST: `unix://${socket}` } };
  // Ours shares its storage with the program; any other is asked through its socket, which makes the program a client.
  if (socket === podmanSocket) return { program: 'podman', env: podmanEnvironment };
  return { program: 'podman', env: { CONTAINER_HOST: `unix://${socket}` } };
}

/**
 * The engine of this machine without installing anything: Docker's before Podman's. A Podman that this checkout has
 * served before is served again, because its service ends with its last client.
 */
export async function findEngine(): Promise<Engine | undefined> {
  const named = process.env['DOCKER_HOST'];
  if (named !== undefined && named !== '') {
    if (!named.startsWith('unix://')) {
      throw new EnvironmentProblem(
        `DOCKER_HOST=${named} is not a socket of this machine`,
        'unset DOCKER_HOST, or point it at unix:///…',
      );
    }
    const engine = await connect(named.slice('unix://'.length), 'named by DOCKER_HOST');
    if (engine === undefined) {
      throw new EnvironmentProblem(`no engine answers at DOCKER_HOST=${named}`, 'start it, or unset DOCKER_HOST');
    }
    return engine;
  }
  return (
    (await connect(dockerSocket, 'already running')) ??
    (await connectOwnPodman()) ??
    (podmanWasServed() ? await serveAndConnect() : undefined)
  );
}

const connectOwnPodman = () => connect(podmanSocket, "served on this checkout's own socket");

async function serveAndConnect(): Promise<Engine> {
  await servePodman();
  const engine = await connectOwnPodman();
  if (engine !== undefined) return engine;
  throw new EnvironmentProblem('Podman was started but does not answer', 'read .state/podman.log');
}

/**
 * The engine to work with: one that answers, else Podman, installed from the distribution if it must be, served on a
 * socket in the state folder.
 *
 * @throws {EnvironmentProblem} where none answers and none can be installed
 */
export async function ensureEngine(say: (line: string) => void): Promise<Engine> {
  const found = await findEngine();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) {
    throw new EnvironmentProblem(
      'no container engine answers, and only root can install one',
      'start Docker, or run make as root on Debian or Ubuntu',
    );
  }
  if (!(await canInstallPodman())) {
    throw new EnvironmentProblem(
      'no container engine answers, and this is neither Debian nor Ubuntu',
      'install and start Docker or Podman',
    );
  }
  await installPodman(say);
  return serveAndConnect();
}

/**
 * A node is a privileged container: an engine without root cannot start one.
 * @throws {EnvironmentProblem} if the engine says that it is rootless
 */
export async function checkPrivileges(engine: Pick<Engine, 'name' | 'api'>): Promise<void> {
  const { SecurityOptions = [] } = (await engine.api.info()) as { SecurityOptions?: string[] };
  if (SecurityOptions.some((option) => option.includes('rootless'))) {
    throw new EnvironmentProblem(
      `${engine.name} runs without root and cannot start privileged containers`,
      'start the engine as root, and run make as root',
    );
  }
}
