import { imageRecipes } from '../../../kind/catalogue.ts';
import { choices } from '../choices.ts';
import type { Engine } from '../engine/engine.ts';
import { loadImage } from '../images/load-image.ts';
import { chosenRegistry, mirrored } from '../images/mirror.ts';
import { pullImage } from '../images/pull.ts';
import type { Nodes } from '../lab.ts';
import { ownImagesBase } from '../upstream.ts';
import { assembleImage } from './lab-image.ts';

/** Builds the images that no registry has, and copies them into a node whose other images come from one. */
export async function loadOwnImages(engine: Engine, nodes: Nodes): Promise<void> {
  const base = mirrored(ownImagesBase, chosenRegistry(choices().REGISTRY));
  await pullImage(engine, base);
  for (const recipe of imageRecipes.filter(({ own }) => own === true)) {
    const built = await assembleImage(engine, recipe, base);
    for (const name of recipe.upstream) await loadImage(engine, nodes, built, name);
  }
}
