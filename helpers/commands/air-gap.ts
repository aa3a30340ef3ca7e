/**
 * Proves that the course needs no registry but a mirror: fills one on this machine with the assembled images under
 * upstream's names, and runs the course with IMAGES=upstream on it. ONLY and SHARD choose a part.
 */
import { imageRecipes, upstreamNode } from '../../kind/catalogue.ts';
import { assemble } from '../cluster/assemble/assemble.ts';
import { removeImage } from '../cluster/assemble/image.ts';
import { assembleNode } from '../cluster/assemble/node.ts';
import { refuseExisting } from '../cluster/cluster.ts';
import { ensureEngine } from '../cluster/engine/engine.ts';
import { installDebootstrap } from '../cluster/engine/podman.ts';
import { startLocalRegistry } from '../cluster/images/local-registry.ts';
import { mirrored } from '../cluster/images/mirror.ts';
import { Progress } from '../cluster/progress.ts';
import { projectRoot } from '../places.ts';
import { run } from '../program.ts';
import { ownImagesBase } from '../upstream.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('air-gap');
  const progress = new Progress();
  const say = (line: string) => progress.say(line);
  const engine = await ensureEngine(say);
  await installDebootstrap(say);
  const { base, images } = await assemble(engine, progress, 'k3s');
  const node = await progress.timed('node image without the course', () =>
    assembleNode(engine, base, images, 'k3s', 'kubernetes'),
  );
  const registry = await progress.timed('registry', () => startLocalRegistry(engine, base));
  const path = (image: string) => mirrored(image, registry.name).slice(registry.name.length + 1);
  await progress.timed('registry filled', async () => {
    await registry.hold(node, [path(upstreamNode)]);
    await registry.hold(base, [path(ownImagesBase)]);
    for (const { name, upstream, own } of imageRecipes) {
      // What no registry has, this one must not have either.
      if (own !== true) await registry.hold(images.get(name) ?? '', upstream.map(path));
    }
  });
  const course = ['--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
  const env = { IMAGES: 'upstream', REGISTRY: registry.name, STAND_INS: 'yes', CLUSTER: 'k3s' };
  try {
    return (await run(process.execPath, course, { cwd: projectRoot, env, live: true, endsWithUs: true })).exitCode;
  } finally {
    for (const image of [upstreamNode, ownImagesBase]) await removeImage(engine, mirrored(image, registry.name));
  }
});
