/**
 * Proves that the course needs no registry but a mirror: fills one on this machine with the assembled images under
 * upstream's names, and runs the course with IMAGES=upstream on it. ONLY and SHARD choose a part, CLUSTER and NODES the
 * lab.
 */
import { imageRecipes } from '../../kind/catalogue.ts';
import { assemble } from '../lab/assemble/assemble.ts';
import { removeImage } from '../lab/assemble/image.ts';
import { assembleNode } from '../lab/assemble/node.ts';
import { choices, unsupportedVersions } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { ensureEngine } from '../lab/engine/engine.ts';
import { installDebootstrap } from '../lab/engine/podman.ts';
import { startLocalRegistry } from '../lab/images/local-registry.ts';
import { mirrored } from '../lab/images/mirror.ts';
import { chooseTopology } from '../lab/topology.ts';
import { nodeImage, ownImagesBase } from '../lab/upstream.ts';
import { UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { chosenLessons } from './chosen-lessons.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('air-gap');
  const { IMAGES, REGISTRY, STAND_INS } = choices();
  if (IMAGES !== undefined || REGISTRY !== undefined || STAND_INS !== undefined)
    throw new UsageProblem(
      'make air-gap fills a registry of its own with assembled images',
      'leave IMAGES, REGISTRY and STAND_INS out',
    );
  await chosenLessons();
  unsupportedVersions(choices(), 'assembled');
  const { provider, nodes } = chooseTopology(choices(), undefined);
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
