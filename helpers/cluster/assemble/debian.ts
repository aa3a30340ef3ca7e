import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { versions } from '../../../kind/catalogue.ts';
import { kindDir } from '../../places.ts';
import { EnvironmentProblem } from '../../problem.ts';
import { must } from '../../program.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';

/** Left out of the layer: read by people, never by the lab. */
const unread = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists'];

/**
 * The Debian layer under every image, as `rootfs.tar` in the folder returned. debootstrap takes the main section of the
 * release alone: it changes no more, so two builds give the same versions.
 */
export async function debianLayer(): Promise<string> {
  const list = await readFile(join(kindDir, 'images/debian/packages.txt'), 'utf8');
  const packages = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const hash = await contentHash([], [versions.debian, process.arch, ...packages]);
  return cachedFolder(`debian-${hash}`, async (folder) => {
    if (process.getuid?.() !== 0) {
      throw new EnvironmentProblem('assembling images needs root', 'run make as root, or set IMAGES=upstream');
    }
    const root = join(folder, 'rootfs');
    await must('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, versions.debian, root]);
    const exclude = unread.map((path) => `--exclude=./${path}/*`);
    await must('tar', [
      '--create',
      '--numeric-owner',
      ...exclude,
      '--file',
      join(folder, 'rootfs.tar'),
      '--directory',
      root,
      '.',
    ]);
    await rm(root, { recursive: true });
  });
}
