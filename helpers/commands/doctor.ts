/** Says of every prerequisite whether it is there, and how to get it; fails if the course could not run. */
import { findEngine } from '../cluster/engine/engine.ts';
import { canInstallPodman } from '../cluster/engine/podman.ts';
import { registryAnswers } from '../cluster/images/image-source.ts';
import { freeResources, neededDiskBytes, neededMemoryBytes } from '../cluster/resources.ts';
import { exitCodes } from '../problem.ts';
import { run } from '../program.ts';
import { command } from './command.ts';

interface Finding {
  readonly what: string;
  readonly found: boolean;
  readonly detail: string;
  /** How to get it, where it is missing; without this the course can do without it. */
  readonly get?: string;
}

async function program(name: string, versionFlag: string, get: string): Promise<Finding> {
  const { exitCode, stdout } = await run(name, [versionFlag]);
  return { what: name, found: exitCode === 0, detail: stdout.split('\n')[0] ?? '', get };
}

await command(async () => {
  const [engine, registry, free, mayInstall] = await Promise.all([
    findEngine(),
    registryAnswers(),
    freeResources(),
    canInstallPodman(),
  ]);
  const installable = mayInstall && process.getuid?.() === 0;
  const findings: Finding[] = [
    { what: 'Node 24', found: process.version.startsWith('v24.'), detail: process.version, get: 'npm ci' },
    await program('go', 'version', 'install Go 1.21 or newer; it fetches the version it needs'),
    await program('python3', '--version', 'apt-get install python3 python3-pip'),
    await program('tar', '--version', 'apt-get install tar'),
    engine === undefined
      ? {
          what: 'container engine',
          found: installable,
          detail: installable ? 'none yet; Podman will be installed' : 'none',
          get: 'start Docker, or run as root on Debian or Ubuntu',
        }
      : { what: 'container engine', found: true, detail: `${engine.name} ${engine.version}` },
    {
      what: 'container registry',
      found: registry,
      detail: registry ? 'answers; IMAGES=auto takes upstream images' : 'no answer; images are assembled',
    },
    {
      what: 'disk',
      found: free.diskBytes >= neededDiskBytes,
      detail: `${(free.diskBytes / 1e9).toFixed(0)} GB free`,
      get: 'free 15 GB',
    },
    {
      what: 'memory',
      found: free.memoryBytes >= neededMemoryBytes,
      detail: `${(free.memoryBytes / 1e9).toFixed(0)} GB free`,
      get: 'free 6 GB',
    },
  ];
  for (const { what, found, detail, get } of findings) {
    const remedy = found || get === undefined ? '' : `; to get it: ${get}`;
    process.stdout.write(`${found ? 'found  ' : 'missing'}  ${what.padEnd(20)}${detail}${remedy}\n`);
  }
  return findings.some(({ found, get }) => !found && get !== undefined) ? exitCodes.environment : 0;
});
