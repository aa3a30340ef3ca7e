import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { versions } from '../../../kind/catalogue.ts';
import { EnvironmentProblem } from '../../system/errors.ts';
import { must, run, type Transcript } from '../../system/program.ts';
import { cachedFolder, cachedPath } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';

/** Left out of every layer: read by people, never by the lab, or lists of what could be installed. */
const unread = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache', 'var/lib/apt/lists', 'var/log'];

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

/** What serves to install in the unpacked system, and belongs to no layer. */
const forInstalling = ['etc/apt/apt.conf.d/99this-machine', 'usr/sbin/policy-rc.d', 'etc/resolv.conf'];

/**
 * Debian as its image `slim` has it, in the folder returned: unpacked as `root`, with lists of what can be installed, and
 * without them as `layer.tar`. debootstrap takes the main section of the release alone: it changes with a point release,
 * a few times a year, so most builds give the same versions.
 */
export async function debianBase(): Promise<string> {
  return cachedFolder(await baseName(), async (folder) => {
    if (process.getuid?.() !== 0) {
      throw new EnvironmentProblem('assembling images needs root', 'run make as root, or set IMAGES=upstream');
    }
    const root = join(folder, 'root');
    await must('debootstrap', ['--variant=minbase', versions.debian, root], { endsWithUs: true });
    await pack(root, join(folder, 'layer.tar'), ['.']);
    // This machine's own settings, such as a proxy; and nothing is started when it is installed.
    const { stdout: settings } = await run('apt-config', ['dump', 'Acquire']);
    await writeFile(join(root, 'etc/apt/apt.conf.d/99this-machine'), settings);
    await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    await inRoot(root, ['apt-get', 'update', '-qq']);
  });
}

async function baseName(): Promise<string> {
  const since = versions.debianSince === '' ? [] : [versions.debianSince];
  return `debian-${await contentHash([], [versions.debian, ...since, process.arch, ...leftOut])}`;
}

async function layerName(base: string, packages: readonly string[]): Promise<string> {
  return `packages-${await contentHash([], [base, ...packages])}`;
}

/**
 * What of Debian was assembled: the unpacked base, and the archives of those lists of packages that are there; undefined
 * where nothing was.
 */
export async function assembledDebian(
  lists: readonly (readonly string[])[],
): Promise<{ readonly root: string; readonly archives: readonly string[] } | undefined> {
  const base = cachedPath(await baseName());
  if (!existsSync(base)) return undefined;
  const layers = await Promise.all(lists.map((packages) => layerName(base, packages)));
  const archives = layers.map((name) => join(cachedPath(name), 'packages.tar'));
  return { root: join(base, 'root'), archives: archives.filter((archive) => existsSync(archive)) };
}

/**
 * Packages of Debian with what they depend on, as `packages.tar` in the folder returned: the files that they add to the
 * base, and those of it that they change.
 */
export async function packagesLayer(packages: readonly string[]): Promise<string> {
  const base = await debianBase();
  return cachedFolder(await layerName(base, packages), async (folder) => {
    const root = join(folder, 'root');
    const list = join(folder, 'files');
    await must('cp', ['-a', join(base, 'root'), root]);
    await must('touch', [list]);
    const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages];
    await inRoot(root, install);
    // Also a file with an old date of its own has entered the folder, or was changed, after the copy.
    const { stdout } = await must('find', ['.', '-cnewer', list, '-not', '-type', 'c', '-print0'], { cwd: root });
    await writeFile(list, stdout);
    await pack(root, join(folder, 'packages.tar'), ['--no-recursion', '--null', '--files-from', list]);
    await must('rm', ['-rf', root, list]);
  });
}

/** Runs a program of an unpacked system as root of it, in a mount namespace of its own that goes with the program. */
export async function inRoot(root: string, argv: readonly string[]): Promise<Transcript> {
  const script = 'mount -t proc proc "$1/proc" && exec chroot "$@"';
  return must('unshare', ['--mount', '--fork', '--kill-child', 'sh', '-c', script, 'in-root', root, ...argv], {
    env: { DEBIAN_FRONTEND: 'noninteractive', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    endsWithUs: true,
  });
}

async function pack(root: string, archive: string, what: readonly string[]): Promise<void> {
  const excluded = [...leftOut, ...forInstalling.map((path) => `./${path}`)].map((pattern) => `--exclude=${pattern}`);
  await must('tar', ['--create', '--numeric-owner', ...excluded, '--file', archive, '--directory', root, ...what]);
}
