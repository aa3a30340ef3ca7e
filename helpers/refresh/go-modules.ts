import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { istioReleases, minorOf } from '../../kind/istio-releases.ts';
import { goEnvironment } from '../lab/assemble/go-programs.ts';
import { kindDir } from '../system/paths.ts';
import { must, run, type Transcript } from '../system/program.ts';
import { type Answer, compareVersions, newest, type Offer, reachOf, type Reach, reasonOf } from './offer.ts';

/** A folder of `kind/go/` with what it builds. */
export interface GoFolder {
  readonly folder: string;
  /** Packages of its programs. */
  readonly tools: readonly string[];
  /** The module that they are in, and its version. */
  readonly module: string;
  readonly version: string;
}

/** Reads what a go.mod builds; undefined if it has no tools. */
export function readGoFolder(folder: string, goMod: string): GoFolder | undefined {
  const block = /^tool \(\n([^)]*)\)/m.exec(goMod)?.[1] ?? '';
  const single = /^tool ([^(\s]\S*)$/m.exec(goMod)?.[1] ?? '';
  const tools = [...block.split('\n'), single].map((line) => line.trim()).filter((line) => line !== '');
  const required = [...goMod.matchAll(/^(?:require)?\s+(\S+\.\S+) (v\S+)/gm)];
  const [found] = required
    .map(([, module = '', version = '']) => {
      const programs = tools.filter((tool) => `${tool}/`.startsWith(`${module}/`)).length;
      return { module, version, programs };
    })
    .filter(({ programs }) => programs > 0)
    .toSorted((a, b) => b.programs - a.programs || b.module.length - a.module.length);
  return found === undefined ? undefined : { folder, tools, module: found.module, version: found.version };
}

/** Folders whose version stands in another file too, which a person must change with it, and why. */
const byHand: Readonly<Record<string, string>> = {
  prometheus: 'kind/references.ts names the image of the same version, with its digest',
  fortio: 'kind/references.ts names the image of the same version',
  'argo-rollouts': 'kind/references.ts names the image of the same version, and its go.mod lists what is replaced',
  jaeger: 'kind/references.ts names the image of its program, which counts its versions otherwise than the module',
  alertmanager:
    'kind/references.ts names the image of the same version, with its digest; a newer one must bring its pages',
  'kubernetes-e2e': 'it goes with the release of Kubernetes that it judges',
};

/** Asks the Go module proxy about the module of every folder below `kind/go/`. */
export async function askGo(): Promise<Answer> {
  const source = 'Go modules';
  const names = (await readdir(join(kindDir, 'go'))).toSorted();
  const offers: Offer[] = [];
  let silent: string | undefined;
  for (const name of names) {
    const own = readGoFolder(name, await readFile(join(kindDir, 'go', name, 'go.mod'), 'utf8'));
    if (own === undefined) continue;
    const told = name.startsWith('istio-') ? await askIstio(name) : await askModule(own);
    if (typeof told === 'string') silent ??= told;
    else offers.push(...told);
  }
  return { source, offers, asked: names.length, ...(silent === undefined ? {} : { silent }) };
}

async function list(folder: string, query: readonly string[]): Promise<Transcript> {
  const env = { ...goEnvironment, GOFLAGS: '-mod=mod' };
  return run('go', ['list', '-m', ...query], { cwd: join(kindDir, 'go', folder), env });
}

/** Newer versions of a module; of Kubernetes its own minor version alone. The reason where the proxy does not answer. */
async function askModule(own: GoFolder): Promise<Offer[] | string> {
  const { exitCode, stdout, stderr } = await list(own.folder, ['-versions', own.module]);
  if (exitCode !== 0) return reasonOf(stderr);
  const offered = stdout.trim().split(/\s+/).slice(1);
  const most: Reach = own.folder.startsWith('kubernetes') ? 'patch' : 'minor';
  const newer = newest(own.version, offered, most);
  if (newer === undefined) return [];
  const reason = byHand[own.folder];
  return [
    {
      part: own.folder,
      now: own.version,
      newer,
      reach: reachOf(own.version, newer),
      changes: `kind/go/${own.folder}, the version beside it in kind/, and what is built from it`,
      ...(reason === undefined ? { write: () => writeModule(own, newer) } : { byHand: reason }),
    },
  ];
}

/**
 * Istio has no versions that Go lists; a release is asked for by its tag, the next patches and the next minor version. A
 * newer one asks for a person: its Kubernetes versions stand in its announcement.
 */
async function askIstio(folder: string): Promise<Offer[] | string> {
  const release = istioReleases.find(({ version }) => `istio-${minorOf(version)}` === folder);
  if (release === undefined) return [];
  const [major = 0, minor = 0, patch = 0] = release.version.split('.').map(Number);
  const newestMinor = istioReleases.every(({ version }) => compareVersions(version, release.version) <= 0);
  const candidates = [
    ...[1, 2, 3].map((more) => `${major}.${minor}.${patch + more}`),
    ...(newestMinor ? [`${major}.${minor + 1}.0`] : []),
    release.version,
  ];
  const offers: Offer[] = [];
  for (const version of candidates) {
    const { exitCode, stdout } = await list(folder, ['-f', '{{.Version}}', `istio.io/istio@${version}`]);
    const [, commit = ''] = /-([0-9a-f]{12})$/.exec(stdout.trim()) ?? [];
    if (exitCode !== 0 || commit === '' || commit === release.commit) continue;
    offers.push({
      part: folder,
      now: `${release.version} (commit ${release.commit})`,
      newer: `${version} (commit ${commit})`,
      reach: reachOf(release.version, version),
      changes: `kind/istio-releases.ts, kind/go/istio-${minorOf(version)}, the images of a registry`,
      byHand: 'its announcement names the Kubernetes versions that it supports; CONTRIBUTING.md, “add a version”',
    });
  }
  return offers;
}

/** Files that name versions of what is built. */
const naming = ['catalogue.ts', 'kubernetes-releases.ts'];

/** Writes a version into a folder of `kind/go/` and beside it; the old one stays where the new one cannot be had. */
async function writeModule(own: GoFolder, newer: string): Promise<void> {
  const dir = join(kindDir, 'go', own.folder);
  const paths = [...['go.mod', 'go.sum'].map((name) => join(dir, name)), ...naming.map((name) => join(kindDir, name))];
  const before = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
  const [goMod] = before;
  try {
    if (goMod !== undefined) await writeFile(goMod.path, replacedStaging(goMod.text, own.version, newer));
    const tools = own.tools.map((tool) => `${tool}@${newer}`);
    await must('go', ['get', '-tool', ...tools], { cwd: dir, env: { ...goEnvironment, GOFLAGS: '-mod=mod' } });
    const [old, next] = [own.version, newer].map((version) => `'${version.replace(/^v/, '')}'`);
    for (const { path, text } of before.slice(2)) {
      const keys = [own.folder, ...(own.folder.startsWith('kubernetes-') ? ['version'] : [])];
      const changed = keys.reduce((kept, key) => kept.replace(`${key}: ${old}`, `${key}: ${next}`), text);
      await writeFile(path, changed);
    }
  } catch (error) {
    await Promise.all(before.map(({ path, text }) => writeFile(path, text)));
    throw error;
  }
}

/** Kubernetes' own parts, which its module replaces by versions of the same patch: v1.36.3 needs v0.36.3. */
export function replacedStaging(goMod: string, now: string, newer: string): string {
  const [old, next] = [now, newer].map((version) => version.replace(/^v1\./, 'v0.'));
  return goMod.replaceAll(new RegExp(`^(\\tk8s\\.io/\\S+ => k8s\\.io/\\S+) ${old}$`, 'gm'), `$1 ${next}`);
}
