import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { stateDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import type { Engine } from '../engine/engine.ts';
import { finished } from '../engine/stream.ts';
import { contentHash } from './content-hash.ts';

/** Prefix of the names under which the engine keeps what we assembled; never pushed anywhere. */
export const localPrefix = 'localhost/mesh-mastery';

/** Files laid beside a Dockerfile for one build: file name in the context → file on this machine. */
export type ContextFiles = Readonly<Record<string, string>>;

/** True if the engine has an image of that name. */
export async function hasImage(engine: Engine, name: string): Promise<boolean> {
  try {
    await engine.api.getImage(name).inspect();
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds a folder with a Dockerfile into an image, unless one of the same content is there already. Returns its name,
 * whose tag is the hash of everything that went into it.
 *
 * @param identity what the content of `files` depends on; part of the hash
 * @param base image handed to the Dockerfile as its argument BASE
 */
export async function buildImage(
  engine: Engine,
  name: string,
  folder: string,
  files: ContextFiles,
  identity: readonly string[],
  base?: string,
): Promise<string> {
  const image = `${localPrefix}/${name}:${await contentHash([folder], [...identity, base ?? ''])}`;
  if (await hasImage(engine, image)) return image;
  const context = await mkdtemp(join(stateDir, 'context-'));
  try {
    await must('cp', ['-a', `${folder}/.`, context]);
    for (const [target, source] of Object.entries(files)) {
      await mkdir(dirname(join(context, target)), { recursive: true });
      await must('cp', ['--reflink=auto', source, join(context, target)]);
    }
    // Everyone in a container may read what it is made of, and run its programs, whatever this user's umask; a classic
    // builder has no word for modes in a Dockerfile.
    await must('chmod', ['--recursive', 'u=rwX,go=rX', context]);
    const stream = await engine.api.buildImage(
      { context, src: await readdir(context) },
      {
        t: image,
        ...(base === undefined ? {} : { buildargs: { BASE: base } }),
        labels: { 'mesh-mastery.dev/assembled': name },
      },
    );
    await finished(engine, stream).catch((error: Error) => {
      throw new Error(`building ${name} failed: ${error.message}`, { cause: error });
    });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return image;
}

/** Repository and tag of an image's name. */
export function splitTag(image: string): { repo: string; tag: string } {
  const colon = image.lastIndexOf(':');
  return { repo: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** Removes an image under that name; no error if it is in use or not there. */
export async function removeImage(engine: Engine, name: string): Promise<void> {
  await engine.api
    .getImage(name)
    .remove()
    .catch(() => undefined);
}

/**
 * Removes older images of the same name, but for the newest of them: two checkouts in use would else make theirs anew in
 * turns. What a running lab uses stays.
 */
export async function removeOlder(engine: Engine, current: string): Promise<void> {
  const { repo } = splitTag(current);
  const images = await engine.api.listImages();
  const others = images
    .toSorted((a, b) => b.Created - a.Created)
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag.startsWith(`${repo}:`) && tag !== current);
  await Promise.all(others.slice(1).map((tag) => removeImage(engine, tag)));
}
