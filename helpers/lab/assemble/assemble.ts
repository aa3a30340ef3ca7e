import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  clientRecipes,
  type GoRecipe,
  goRecipes,
  imageRecipes,
  nodePackages,
  versions,
} from '../../../kind/catalogue.ts';
import { cacheDir, kindDir } from '../../system/paths.ts';
import { Progress } from '../../system/progress.ts';
import type { Engine } from '../engine/engine.ts';
import { debianBase, packagesLayer } from './debian.ts';
import { envoyProgram } from './envoy.ts';
import { builtFolder, folderOf, goPrograms, goRecipe, removeIntermediates } from './go-programs.ts';
import { buildImage } from './image.ts';
import { assembleImage } from './lab-image.ts';
import type { Contract } from './node-settings.ts';
import { assembleNode } from './node.ts';

/** What a lab is started from when no registry is used. */
export interface AssembledLab {
  /** Name of the node image in the engine. */
  readonly node: string;
  /** Folders with kubectl and istioctl. */
  readonly clientDirs: readonly string[];
  /** Name in the engine of the Debian base that images are built on. */
  readonly base: string;
  /** Name in the engine of each image of the catalogue, by recipe. */
  readonly images: ReadonlyMap<string, string>;
}

/**
 * Folders of kubectl and istioctl: from the whole build of their modules where this machine has one, else built alone.
 *
 * @param progress is told of what is built
 */
export async function clientFolders(progress = new Progress()): Promise<string[]> {
  const folders: string[] = [];
  for (const recipe of clientRecipes) {
    const whole = await builtFolder(goRecipe(recipe.module));
    const [program] = recipe.programs;
    folders.push(existsSync(whole) ? whole : await progress.timed(`${program}: go build`, () => goPrograms(recipe)));
  }
  return folders;
}

/** Builds the Debian base that images are built on, or finds it. Returns its name in the engine. */
export async function debianImage(engine: Engine): Promise<string> {
  const folder = await debianBase();
  const files = { 'layer.tar': join(folder, 'layer.tar') };
  return buildImage(engine, 'debian', join(kindDir, 'images/debian'), files, [folder]);
}

/**
 * Builds everything of the catalogue that is not in the cache yet. The Go builds follow each other, because one of them
 * keeps every core busy; what is fetched and unpacked overlaps with them.
 *
 * @param contract whose node image the node is to stand in for
 * @param alsoNeeded programs that are needed later, built with the others because they share most of what is compiled
 */
export async function assemble(
  engine: Engine,
  progress: Progress,
  contract: Contract,
  alsoNeeded: readonly GoRecipe[] = [],
): Promise<AssembledLab> {
  await mkdir(cacheDir, { recursive: true });
  const layer = progress.timed('Debian base', () => debianImage(engine));
  const packages = layer.then(() => progress.timed('Debian packages', allPackages));
  const envoy = progress.timed('Envoy', () => envoyProgram(versions.envoy));
  const programs = (async () => {
    const folders = new Map<string, string>();
    for (const recipe of goRecipes)
      folders.set(recipe.module, await progress.timed(`${folderOf(recipe)}: go build`, () => goPrograms(recipe)));
    for (const recipe of alsoNeeded) await progress.timed(`${folderOf(recipe)}: go build`, () => goPrograms(recipe));
    await removeIntermediates(progress);
    return folders;
  })();
  const [base, folders] = await Promise.all([layer, programs, envoy, packages]);
  const images = await progress.timed(`${imageRecipes.length} images`, () =>
    Promise.all(imageRecipes.map((recipe) => assembleImage(engine, recipe, base))),
  );
  // In the catalogue's order, whichever was ready first: the order is part of the node's hash.
  const assembled = new Map(imageRecipes.map(({ name }, index) => [name, images[index] ?? '']));
  const node = await progress.timed('node image', () => assembleNode(engine, base, assembled, contract));
  const clientDirs = [folders.get('kubernetes') ?? '', folders.get('istio') ?? ''];
  return { node, clientDirs, base, images: assembled };
}

/** One after another: they share what is downloaded, and each keeps a core busy. */
async function allPackages(): Promise<void> {
  const lists: (readonly string[])[] = [nodePackages, ...imageRecipes.map(({ packages = [] }) => packages)];
  for (const list of lists) if (list.length > 0) await packagesLayer(list);
}
