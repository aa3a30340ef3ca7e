/**
 * Proves that the course needs no registry but a mirror: fills one on this machine with the assembled images under
 * upstream's names, and runs the course with IMAGES=upstream on it. ONLY and SHARD choose a part, CLUSTER and NODES the
 * lab.
 */
import { imageRecipes } from '../../kind/catalogue.ts';
import { assemble } from '../cluster/assemble/assemble.ts';
import { removeImage } from '../cluster/assemble/image.ts';
import { assembleNode } from '../cluster/assemble/node.ts';
import { checkChoices } from '../cluster/choices.ts';
import { refuseExisting } from '../cluster/cluster.ts';
import { ensureEngine } from '../cluster/engine/engine.ts';
import { installDebootstrap } from '../cluster/engine/podman.ts';
import { startLocalRegistry } from '../cluster/images/local-registry.ts';
import { mirrored } from '../cluster/images/mirror.ts';
import { Progress } from '../cluster/progress.ts';
import { chooseShape } from '../cluster/shape.ts';
import { projectRoot } from '../places.ts';
import { run } from '../program.ts';
import { nodeImage, ownImagesBase } from '../upstream.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('air-gap');
  checkChoices(process.env);
  const { provider, nodes } = chooseShape(process.env, undefined);
  const progress = new Progress();
  const say = (line: string) => progress.say(line);
  const engine = await ensureEngine(say);
  await installDebootstrap(say);
  const { base, images } = await assemble(engine, progress, provider);
  const node = await progress.timed('node image without the course', () =>
    assembleNode(engine, base, images, provider, 'kubernetes'),
  );
  const registry = await progress.timed('registry', () => startLocalRegistry(engine, base));
  const nodeName = nodeImage(provider, true);
  const path = (image: string) => mirrored(image, registry.name).slice(registry.name.length + 1);
  await progress.timed('registry filled', async () => {
    await registry.hold(node, [path(nodeName)]);
    await registry.hold(base, [path(ownImagesBase)]);
    for (const { name, upstream, own, ofNode } of imageRecipes) {
      // What no registry has, and what nobody pulls, this one must not have either.
      if (own !== true && ofNode !== true) await registry.hold(images.get(name) ?? '', upstream.map(path));
    }
  });
  const course = ['--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
  const env = {
    IMAGES: 'upstream',
    REGISTRY: registry.name,
    STAND_INS: 'yes',
    CLUSTER: provider,
    NODES: String(nodes),
  };
  try {
    return (await run(process.execPath, course, { cwd: projectRoot, env, live: true, endsWithUs: true })).exitCode;
  } finally {
    for (const image of [nodeName, ownImagesBase]) await removeImage(engine, mirrored(image, registry.name));
  }
});
