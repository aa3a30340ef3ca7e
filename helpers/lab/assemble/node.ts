import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { type GoModule, type ImageRecipe, imageRecipes, nodePackages, versions } from '../../../kind/catalogue.ts';
import { minorOf } from '../../../kind/istio-releases.ts';
import { kindDir, stateDir } from '../../system/paths.ts';
import { checkoutLabel, removeWithThisProcess } from '../engine/checkout.ts';
import type { Engine } from '../engine/engine.ts';
import { dialled } from '../engine/stream.ts';
import { contentHash } from './content-hash.ts';
import { packagesLayer } from './debian.ts';
import { goPrograms, goRecipe } from './go-programs.ts';
import { buildImage, type ContextFiles, hasImage, localPrefix, removeOlder, splitTag } from './image.ts';
import { type Contract, nodeSettings } from './node-settings.ts';

/**
 * The node image: Debian, Kubernetes' programs, containerd, the NetworkPolicy engine, and the images of the catalogue
 * unpacked in containerd's store, so that nothing is imported when a lab starts.
 *
 * @param assembled name the engine knows each image by, by recipe
 * @param contract whose node image it stands in for
 * @param carried what its store holds: everything, or as with upstream's nodes Kubernetes alone
 */
export async function assembleNode(
  engine: Engine,
  base: string,
  assembled: ReadonlyMap<string, string>,
  contract: Contract,
  carried: 'everything' | 'kubernetes' = 'everything',
): Promise<string> {
  const prefix = carried === 'everything' ? '' : `bare-${contract}-`;
  const releases = [versions.istio, versions.kubernetes, versions.envoy].map(minorOf).join('-');
  // What upstream's nodes bring along; kind's pod network and NetworkPolicy engine run on an image of ours.
  const isCarried = ({ ofNode, own }: ImageRecipe) => ofNode === true || (contract === 'kind' && own === true);
  const recipes = imageRecipes.filter((recipe) => carried === 'everything' || isCarried(recipe));
  const programs = await nodePrograms();
  const store = join(kindDir, 'node-store');
  const empty = await buildImage(
    engine,
    'node-programs',
    store,
    programs,
    // Node by its version: its path differs from checkout to checkout, and each would bake a node of its own.
    [...Object.values(programs).filter((path) => path !== process.execPath), process.version],
    base,
  );
  const names = [empty, ...recipes.map(({ name }) => assembled.get(name) ?? ''), JSON.stringify(recipes)];
  const baked = `${localPrefix}/${prefix}node-store-${releases}:${await contentHash([], names)}`;
  if (!(await hasImage(engine, baked))) await bake(engine, empty, baked, assembled, recipes);
  const settings = await nodeSettings(contract);
  const folder = contract === 'k3s' ? 'node' : 'kind-node';
  // Named by its releases, so that one of others stays: going back to it costs nothing.
  const name = `${carried === 'everything' ? folder : `${prefix}node`}-${releases}`;
  const node = await buildImage(engine, name, join(kindDir, folder), settings, Object.values(settings), baked);
  await removeOlder(engine, node);
  await removeOlder(engine, baked);
  return node;
}

async function nodePrograms(): Promise<ContextFiles> {
  const files = async (module: GoModule, names: readonly string[], target: string) => {
    const folder = await goPrograms(goRecipe(module));
    return Object.fromEntries(names.map((name) => [`${target}/${name}`, join(folder, name)]));
  };
  return {
    ...(await files('kubernetes', ['kubelet', 'kubeadm', 'kubectl'], 'bin')),
    ...(await files('containerd', goRecipe('containerd').programs, 'bin')),
    ...(await files('cni', goRecipe('cni').programs, 'cni')),
    'bin/node': process.execPath,
    'packages.tar': join(await packagesLayer(nodePackages), 'packages.tar'),
  };
}

/** Runs the empty node once, unpacks the images inside it, and keeps the result as an image. */
async function bake(
  engine: Engine,
  empty: string,
  baked: string,
  assembled: ReadonlyMap<string, string>,
  recipes: readonly ImageRecipe[],
): Promise<void> {
  const names: string[] = [];
  for (const recipe of recipes) {
    const source = engine.api.getImage(assembled.get(recipe.name) ?? '');
    for (const upstream of recipe.upstream) {
      await source.tag(splitTag(upstream));
      names.push(upstream);
    }
  }
  const folder = join(stateDir, `bake-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    // One archive of them all, shared layers once; dockerode itself can only save one image at a time.
    const query = names.map((name) => `names=${encodeURIComponent(name)}`).join('&');
    const archive = await dialled(engine, 'GET', `/images/get?${query}`);
    await pipeline(archive, createWriteStream(join(folder, 'images.tar')));
    const container = await engine.api.createContainer({
      Image: empty,
      Entrypoint: ['/usr/local/bin/containerd-store', 'bake', '/images/images.tar'],
      Labels: checkoutLabel,
      HostConfig: { Privileged: true, Binds: [`${folder}:/images:ro`], Tmpfs: { '/run': '' } },
    });
    removeWithThisProcess(engine, container.id);
    try {
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      const log = (await container.logs({ stdout: true, stderr: true })).toString();
      if (StatusCode !== 0) throw new Error(`unpacking the images failed:\n${log.slice(-4000)}`);
      await container.commit({
        ...splitTag(baked),
        changes: 'ENTRYPOINT ["/usr/bin/catatonit","--","/usr/local/bin/entrypoint"]',
      });
    } finally {
      await container.remove({ force: true, v: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await Promise.all(
      names.map((name) =>
        engine.api
          .getImage(name)
          .remove({ noprune: true })
          .catch(() => undefined),
      ),
    );
  }
}
