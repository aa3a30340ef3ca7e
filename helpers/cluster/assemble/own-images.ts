import { imageRecipes } from '../../../kind/catalogue.ts';
import { ownImagesBase } from '../../upstream.ts';
import type { Engine } from '../engine.ts';
import type { Lab } from '../lab.ts';
import { loadImage } from '../load-image.ts';
import { chosenRegistry, mirrored } from '../mirror.ts';
import { pullImage } from '../pull.ts';
import { assembleImage } from './lab-image.ts';

/** Builds the images that no registry has, and copies them into a node whose other images come from one. */
export async function loadOwnImages(engine: Engine, lab: Lab): Promise<void> {
  const base = mirrored(ownImagesBase, chosenRegistry(process.env['REGISTRY']));
  await pullImage(engine, base);
  for (const recipe of imageRecipes.filter(({ own }) => own === true)) {
    const built = await assembleImage(engine, recipe, base);
    for (const name of recipe.upstream) await loadImage(engine, lab, built, name);
  }
}
