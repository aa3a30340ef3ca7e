import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { imageRecipes, versions } from '../../../kind/catalogue.ts';
import { bundleEngine } from '../../../kind/netpol/bundle.ts';
import { cacheDir, kindDir } from '../../places.ts';
import type { Engine } from '../engine.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';
import { goPrograms, goRecipe } from './go-programs.ts';
import { buildImage, type ContextFiles, hasImage, localPrefix } from './image.ts';

/**
 * The node image: Debian, Kubernetes' programs, containerd, the NetworkPolicy engine, and the images of the catalogue
 * unpacked in containerd's store, so that nothing is imported when a lab starts.
 *
 * @param assembled name the engine knows each image by, by recipe
 */
export async function assembleNode(
  engine: Engine,
  base: string,
  assembled: ReadonlyMap<string, string>,
): Promise<string> {
  const { files, identity } = await nodeFiles();
  const empty = await buildImage(engine, 'node-empty', join(kindDir, 'node'), files, identity, base);
  const node = `${localPrefix}/node:${await contentHash([], [empty, ...assembled.values(), JSON.stringify(imageRecipes)])}`;
  if (!(await hasImage(engine, node))) await bake(engine, empty, node, assembled);
  return node;
}

async function nodeFiles(): Promise<{ files: ContextFiles; identity: string[] }> {
  const programs = async (module: 'kubernetes' | 'containerd' | 'cni', names: readonly string[], target: string) => {
    const folder = await goPrograms(goRecipe(module));
    return Object.fromEntries(names.map((name) => [`${target}/${name}`, join(folder, name)]));
  };
  const engineHash = await contentHash([join(kindDir, 'netpol')], [process.version]);
  const netpol = await cachedFolder(`netpol-${engineHash}`, (folder) => bundleEngine(join(folder, 'engine.mjs')));
  const versionsFile = join(netpol, 'versions.env');
  const env = {
    KUBERNETES_VERSION: `v${versions.kubernetes}`,
    ETCD_TAG: versions.etcd,
    COREDNS_TAG: `v${versions.coredns}`,
  };
  await writeFile(
    versionsFile,
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const files = {
    ...(await programs('kubernetes', ['kubelet', 'kubeadm', 'kubectl'], 'bin')),
    ...(await programs('containerd', goRecipe('containerd').programs, 'bin')),
    ...(await programs('cni', goRecipe('cni').programs, 'cni')),
    'netpol/engine.mjs': join(netpol, 'engine.mjs'),
    'netpol/node': process.execPath,
    'versions.env': versionsFile,
  };
  return {
    files,
    identity: [...Object.values(files).filter((path) => path !== process.execPath), JSON.stringify(env)],
  };
}

/** Runs the empty node once, unpacks the images inside it, and keeps the result as an image. */
async function bake(
  engine: Engine,
  empty: string,
  node: string,
  assembled: ReadonlyMap<string, string>,
): Promise<void> {
  const names: string[] = [];
  for (const recipe of imageRecipes) {
    const source = engine.api.getImage(assembled.get(recipe.name) ?? '');
    for (const upstream of recipe.upstream) {
      const colon = upstream.lastIndexOf(':');
      await source.tag({ repo: upstream.slice(0, colon), tag: upstream.slice(colon + 1) });
      names.push(upstream);
    }
  }
  const folder = join(cacheDir, `bake-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    await pipeline(await saveImages(engine, names), createWriteStream(join(folder, 'images.tar')));
    const container = await engine.api.createContainer({
      Image: empty,
      Entrypoint: ['/usr/local/bin/containerd-store', 'bake', '/images/images.tar'],
      Labels: { 'mesh-mastery.dev/role': 'bake' },
      HostConfig: { Privileged: true, Binds: [`${folder}:/images:ro`], Tmpfs: { '/run': '' } },
    });
    try {
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      const log = (await container.logs({ stdout: true, stderr: true })).toString();
      if (StatusCode !== 0) throw new Error(`unpacking the images failed:\n${log.slice(-4000)}`);
      const [repo, tag] = splitTag(node);
      await container.commit({
        repo,
        tag,
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

function splitTag(image: string): [string, string] {
  const colon = image.lastIndexOf(':');
  return [image.slice(0, colon), image.slice(colon + 1)];
}

/** One archive of several images, shared layers once; dockerode itself can only save one image at a time. */
async function saveImages(engine: Engine, names: readonly string[]): Promise<NodeJS.ReadableStream> {
  const query = names.map((name) => `names=${encodeURIComponent(name)}`).join('&');
  return new Promise((resolve, reject) => {
    // docker-modem cuts the last character of a path that holds a question mark.
    const request = { path: `/images/get?${query}&`, method: 'GET', isStream: true, statusCodes: { 200: true } };
    engine.api.modem.dial(request, (error, stream) => {
      if (error === null) resolve(stream as NodeJS.ReadableStream);
      else reject(error);
    });
  });
}
