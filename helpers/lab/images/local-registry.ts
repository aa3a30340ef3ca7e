import { join } from 'node:path';

import { craneRecipe } from '../../../kind/registry.ts';
import { converge } from '../../system/polling.ts';
import { timeouts } from '../../system/timeouts.ts';
import { goPrograms } from '../assemble/go-programs.ts';
import { removeImage, splitTag } from '../assemble/image.ts';
import { removeWithThisProcess } from '../engine/checkout.ts';
import type { Engine } from '../engine/engine.ts';
import { dialled, finished } from '../engine/stream.ts';
import { answers } from './image-source.ts';

const port = 5000;

/** A registry without TLS in a container of this machine. */
export interface LocalRegistry {
  /** `host:port`, which this machine and its containers reach and nobody else. */
  readonly name: string;
  /** @param names of one image of the engine in the registry, without its host, e.g. `library/nginx:1.28` */
  readonly hold: (image: string, names: readonly string[]) => Promise<void>;
}

/**
 * Starts a registry that lives as long as this process.
 *
 * @param base image of the engine that its container is made of
 */
export async function startLocalRegistry(engine: Engine, base: string): Promise<LocalRegistry> {
  const crane = join(await goPrograms(craneRecipe), 'crane');
  const container = await engine.api.createContainer({
    Image: base,
    Entrypoint: ['/crane', 'registry', 'serve', '--address', `:${port}`, '--disk', '/tmp'],
    // Not this checkout's label: whoever starts a lab sweeps all containers that carry it.
    HostConfig: { Binds: [`${crane}:/crane:ro`] },
  });
  removeWithThisProcess(engine, container.id);
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  const name = `${network?.IPAddress}:${port}`;
  const up = await converge(
    () => answers(`http://${name}/v2/`),
    (ok) => ok,
    { deadlineMs: timeouts.engineReadyMs },
  );
  if (!up.holds) throw new Error(`the registry does not answer at ${name}`);
  return {
    name,
    hold: async (image, names) => {
      for (const each of names) await push(engine, image, `${name}/${each}`);
    },
  };
}

async function push(engine: Engine, image: string, name: string): Promise<void> {
  const { repo, tag } = splitTag(name);
  await engine.api.getImage(image).tag({ repo, tag });
  try {
    // Docker takes a registry for one without TLS only if its own settings say so; Podman takes our word.
    await finished(engine, await dialled(engine, 'POST', `/images/${repo}/push?tag=${tag}&tlsVerify=false`));
  } finally {
    await removeImage(engine, name);
  }
}
