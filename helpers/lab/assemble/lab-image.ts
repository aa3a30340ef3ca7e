import { join } from 'node:path';

import { type ImageInput, type ImageRecipe } from '../../../kind/catalogue.ts';
import { kindDir } from '../../system/paths.ts';
import type { Engine } from '../engine/engine.ts';
import { bundledFile } from './bundle.ts';
import { packagesLayer } from './debian.ts';
import { envoyProgram } from './envoy.ts';
import { downloadedModule, goPrograms, goRecipe } from './go-programs.ts';
import { buildImage, type ContextFiles } from './image.ts';

/** Assembles one image of the catalogue, on top of the Debian base where it is not built from nothing. Returns the name the engine knows it by. */
export async function assembleImage(engine: Engine, recipe: ImageRecipe, base: string): Promise<string> {
  const files: Record<string, string> = {};
  for (const input of recipe.inputs) Object.assign(files, await filesOf(input));
  if (recipe.packages !== undefined) {
    files['packages.tar'] = join(await packagesLayer(recipe.packages), 'packages.tar');
  }
  // Node by its version: its path says nothing of it, and differs from checkout to checkout.
  const paths = Object.values(files).filter((path) => path !== process.execPath);
  const identity = [...paths, ...('node' in files ? [process.version] : [])];
  return buildImage(engine, recipe.name, join(kindDir, 'images', recipe.name), files, identity, base);
}

/** Where the files of an input lie. The folders of the cache carry their content's hash in their names. */
async function filesOf(input: ImageInput): Promise<ContextFiles> {
  if ('envoy' in input) return { envoy: join(await envoyProgram(input.envoy), 'envoy') };
  if ('istioFile' in input) {
    const path = join(await downloadedModule(input.of, 'istio.io/istio'), input.istioFile);
    return { [path.slice(path.lastIndexOf('/') + 1)]: path };
  }
  if ('node' in input) return { node: process.execPath };
  if ('bundle' in input) return { [input.as]: await bundledFile(input.bundle, input.as) };
  const folder = await goPrograms(typeof input.go === 'string' ? goRecipe(input.go) : input.go);
  return Object.fromEntries(input.programs.map((program) => [program, join(folder, program)]));
}
