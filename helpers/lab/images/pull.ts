import { hasImage } from '../assemble/image.ts';
import { choices } from '../choices.ts';
import type { Engine } from '../engine/engine.ts';
import { dialled, finished } from '../engine/stream.ts';
import { answers } from './image-source.ts';
import { chosenRegistry } from './mirror.ts';

/**
 * Pulls an image into the engine, unless it is there. A mirror without TLS is pulled from as such by Podman; Docker asks
 * for `insecure-registries` in its own settings, unless the mirror is on loopback.
 *
 * @throws {Error} with the engine's own words if it cannot
 */
export async function pullImage(engine: Engine, image: string): Promise<void> {
  if (await hasImage(engine, image)) return;
  const mirror = chosenRegistry(choices().REGISTRY);
  const plain = mirror !== undefined && image.startsWith(`${mirror}/`) && !(await answers(`https://${mirror}/v2/`));
  // Podman's own API takes what its Docker-compatible one has no word for.
  const query = `reference=${encodeURIComponent(image)}&tlsVerify=false`;
  const stream =
    engine.name === 'Podman' && plain
      ? await dialled(engine, 'POST', `/v4.0.0/libpod/images/pull?${query}`)
      : await engine.api.pull(image);
  await finished(engine, stream).catch((error: unknown) => {
    throw new Error(`${image} cannot be pulled`, { cause: error });
  });
}
