import { imageRecipes, versions } from '../../../kind/catalogue.ts';
import type { Engine } from '../engine.ts';
import type { Progress } from '../progress.ts';
import { assembleImage } from './lab-image.ts';

/** An image of ours in the engine, and the name under which pods ask for it. */
export interface OwnImage {
  readonly built: string;
  readonly askedFor: readonly string[];
}

/**
 * Builds the images that no registry has, for a node whose other images come from one; the engine pulls their base.
 *
 * @param base image to build on; upstream's own Debian if it is left out
 */
export async function assembleOwnImages(
  engine: Engine,
  progress: Progress,
  base = `docker.io/library/debian:${versions.debian}-slim`,
): Promise<OwnImage[]> {
  const own = imageRecipes.filter((recipe) => recipe.own === true);
  return progress.timed(`${own.length} images of our own`, () =>
    Promise.all(
      own.map(async (recipe) => ({
        built: await assembleImage(engine, recipe, base),
        askedFor: recipe.upstream,
      })),
    ),
  );
}
