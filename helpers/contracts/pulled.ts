import { nameOf, type Reference, references } from '../../kind/references.ts';

/**
 * Which of the images that nodes pulled are those that `kind/references.ts` pins, one line each: a tag can be moved, as it
 * is when a base is rebuilt, and then lessons run on something else than was looked up.
 *
 * @param images names and digests as nodes list them, e.g. `docker.io/library/nginx:1.30.5`, `…/nginx@sha256:…`, by image
 */
export function againstPins(images: readonly (readonly string[])[]): string[] {
  return Object.values<Reference>(references).flatMap((reference) => {
    const { image, digest } = reference;
    const names = images.find((all) => all.includes(nameOf(reference)));
    const pulled = names?.flatMap((name) => (name.startsWith(`${image}@`) ? [name.slice(image.length + 1)] : [])) ?? [];
    if (names === undefined || pulled.length === 0) return [];
    const told =
      digest === undefined ? `${pulled.join(' ')}, which nothing pins` : `another than pinned: ${pulled.join(' ')}`;
    return [`${nameOf(reference)}: ${digest !== undefined && pulled.includes(digest) ? 'as pinned' : told}`];
  });
}
