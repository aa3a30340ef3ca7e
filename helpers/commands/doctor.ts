/**
 * Says of every prerequisite whether it is there, and how to get it, and for both roads, images of a registry and assembled
 * ones, whether the course would run; fails if it would on neither.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildImage, removeImage } from '../lab/assemble/image.ts';
import { cgroupVersion } from '../lab/cgroups.ts';
import { choices, type ImageSource } from '../lab/choices.ts';
import { checkPrivileges, type Engine, findEngine } from '../lab/engine/engine.ts';
import { canInstallPodman } from '../lab/engine/podman.ts';
import { registriesAsked, registryAnswers } from '../lab/images/image-source.ts';
import { chosenRegistry } from '../lab/images/mirror.ts';
import { freeResources, gigabytes, neededDiskBytes, neededMemoryBytes } from '../lab/resources.ts';
import { chooseTopology } from '../lab/topology.ts';
import { exitCodes, Problem } from '../system/errors.ts';
import { run } from '../system/program.ts';
import { command } from './command.ts';

interface Finding {
  readonly what: string;
  readonly found: boolean;
  readonly detail: string;
  /** How to get it, where it is missing. */
  readonly get: string;
  /** The road that needs it; both unless one is named. */
  readonly road?: ImageSource;
}

async function program(name: string, versionFlag: string, get: string): Promise<Omit<Finding, 'road'>> {
  const { exitCode, stdout } = await run(name, [versionFlag]);
  return { what: name, found: exitCode === 0, detail: stdout.split('\n')[0] ?? '', get };
}

/** Whether the engine may start a node, and builds an image without BuildKit. */
async function ofEngine(engine: Engine): Promise<Finding[]> {
  const privileged = await checkPrivileges(engine).then(
    () => ({ found: true, detail: 'may start nodes, which are privileged containers', get: '' }),
    (error: unknown) => ({
      found: false,
      detail: (error as Error).message,
      get: error instanceof Problem ? error.next : 'start the engine as root',
    }),
  );
  return [{ what: 'engine as root', ...privileged }, await builder(engine)];
}

async function builder(engine: Engine): Promise<Finding> {
  const what = 'image builder';
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    await removeImage(engine, await buildImage(engine, 'doctor', folder, {}, []));
    return { what, found: true, detail: `${engine.name} builds an image by its API, without BuildKit`, get: '' };
  } catch (error) {
    return {
      what,
      found: false,
      detail: (error as Error).message.split('\n')[0] ?? '',
      get: 'read the log of the engine',
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findings(): Promise<Finding[]> {
  const registry = chosenRegistry(choices().REGISTRY);
  const { provider } = chooseTopology(choices(), undefined);
  const [engine, answers, free, mayInstall, cgroups] = await Promise.all([
    findEngine(),
    registryAnswers(),
    freeResources(),
    canInstallPodman(),
    cgroupVersion(),
  ]);
  const installable = mayInstall && process.getuid?.() === 0;
  const engineDetail = installable ? 'none yet; Podman will be installed' : 'none';
  const disk = async (road: ImageSource): Promise<Finding> => {
    const needed = await neededDiskBytes(road);
    return {
      what: `disk, ${road}`,
      found: free.diskBytes >= needed,
      detail: `${gigabytes(free.diskBytes)} free of ${gigabytes(needed)} needed`,
      get: 'free some, or set MESH_MASTERY_CACHE to a folder on a larger disk',
      road,
    };
  };
  const debootstrap = await program('debootstrap', '--version', 'apt-get install debootstrap');
  return [
    { what: 'Node 24', found: process.version.startsWith('v24.'), detail: process.version, get: 'npm ci' },
    await program('go', 'version', 'install Go 1.21 or newer; it fetches the version it needs'),
    await program('tar', '--version', 'apt-get install tar'),
    { ...(await program('python3', '--version', 'apt-get install python3 python3-pip')), road: 'assembled' },
    installable && !debootstrap.found
      ? { ...debootstrap, found: true, detail: 'not yet; it will be installed', road: 'assembled' }
      : { ...debootstrap, road: 'assembled' },
    {
      what: 'container engine',
      found: engine !== undefined || installable,
      detail: engine === undefined ? engineDetail : `${engine.name} ${engine.version}, ${engine.origin}`,
      get: 'start Docker, or run as root on Debian or Ubuntu',
    },
    ...(engine === undefined ? [] : await ofEngine(engine)),
    {
      what: 'container registry',
      found: answers,
      detail: `${registriesAsked(registry).join(', ')} ${answers ? 'answers' : 'gives no answer'}`,
      get: 'a way to the internet, or a mirror: REGISTRY=host:port',
      road: 'upstream',
    },
    {
      what: 'cgroups',
      found: cgroups !== undefined && (cgroups === 2 || provider === 'k3s'),
      detail: `version ${cgroups ?? 'unknown'}${cgroups === 1 ? "; kind's own nodes need version 2, k3s does not" : ''}`,
      get: 'CLUSTER=k3s, or start the machine with systemd.unified_cgroup_hierarchy=1',
      road: 'upstream',
    },
    await disk('assembled'),
    await disk('upstream'),
    {
      what: 'memory',
      found: free.memoryBytes >= neededMemoryBytes,
      detail: `${gigabytes(free.memoryBytes)} free of ${gigabytes(neededMemoryBytes)} needed`,
      get: 'close something, or take a larger machine',
    },
  ];
}

await command(async () => {
  choices();
  const all = await findings();
  for (const { what, found, detail, get } of all) {
    const remedy = found ? '' : `; to get it: ${get}`;
    process.stdout.write(`${found ? 'found  ' : 'missing'}  ${what.padEnd(20)}${detail}${remedy}\n`);
  }
  const lacks = (source: ImageSource) =>
    all.filter(({ found, road }) => !found && (road === undefined || road === source)).map(({ what }) => what);
  const roads = (['upstream', 'assembled'] as const).map((source) => ({ source, missing: lacks(source) }));
  process.stdout.write('\n');
  for (const { source, missing } of roads) {
    process.stdout.write(`IMAGES=${source}: ${missing.length === 0 ? 'would run' : `lacks ${missing.join(', ')}`}\n`);
  }
  return roads.every(({ missing }) => missing.length > 0) ? exitCodes.environment : 0;
});
