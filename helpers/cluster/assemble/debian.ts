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
 * Left out too: what PostgreSQL's packages bring along and can do without. With LLVM it would compile long queries, Perl
 * and locales serve to install it, and its package makes a first database.
 */
const unused = [
  'usr/lib/*/libperl.so*',
  'usr/lib/*/perl',
  'usr/share/perl',
  'usr/share/i18n',
  'usr/lib/*/libLLVM*.so*',
  'usr/lib/*/libz3.so*',
  'usr/lib/postgresql/17/lib/llvmjit*',
  'usr/lib/postgresql/17/lib/bitcode',
  'var/lib/postgresql/17',
  'etc/postgresql/17',
];

/** Patterns of tar for everything that is left out; the folders of `unread` stay, empty. */
const leftOut = [...unread.map((path) => `./${path}/*`), ...unused.map((path) => `./${path}`)];

/**
 * The Debian layer under every image, as `rootfs.tar` in the folder returned. debootstrap takes the main section of the
 * release alone: it changes with a point release, a few times a year, so most builds give the same versions.
 */
export async function debianLayer(): Promise<string> {
  const list = await readFile(join(kindDir, 'images/debian/packages.txt'), 'utf8');
  const packages = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const hash = await contentHash([], [versions.debian, process.arch, ...leftOut, ...packages]);
  return cachedFolder(`debian-${hash}`, async (folder) => {
    if (process.getuid?.() !== 0) {
      throw new EnvironmentProblem('assembling images needs root', 'run make as root, or set IMAGES=upstream');
    }
    const root = join(folder, 'rootfs');
    await must('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, versions.debian, root]);
    await must('tar', [
      '--create',
      '--numeric-owner',
      ...leftOut.map((pattern) => `--exclude=${pattern}`),
      '--file',
      join(folder, 'rootfs.tar'),
      '--directory',
      root,
      '.',
    ]);
    await rm(root, { recursive: true });
  });
}
