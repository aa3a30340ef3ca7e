import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleTestServer } from '../../../kind/images/test-server/bundle.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';

/** What is bundled, by the name that the catalogue gives it. */
const bundles = { 'test-server': bundleTestServer };

/** Bundles a program of ours into the file `as`, and returns that file's path; its folder is named by its content. */
export async function bundledFile(name: keyof typeof bundles, as: string): Promise<string> {
  const code = await bundles[name]();
  const folder = await cachedFolder(`${name}-${await contentHash([], [as, code])}`, (draft) =>
    writeFile(join(draft, as), code),
  );
  return join(folder, as);
}
