import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { projectRoot } from './system/paths.ts';

/** May be used by a project under Apache-2.0; MPL-2.0 covers only the files that carry it. */
const compatible =
  /^(MIT|Apache-2\.0|ISC|0BSD|Unlicense|BSD-[23]-Clause|BlueOak-1\.0\.0|MPL-2\.0|PSF-2\.0|Python-2\.0|\(MPL-2\.0 OR Apache-2\.0\))$/;

/** Their package.json has no field for it: MIT, as the file LICENSE in each says. */
const readByHand = new Set(['buildcheck', 'cpu-features', 'ssh2']);

test('every package of the lockfile is pinned and has a licence that goes with Apache-2.0', async () => {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; license?: string }>;
  };
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(packages.length).toBeGreaterThan(100);
  const name = (path: string) => path.replace(/^.*node_modules\//, '');
  expect(packages.filter(([, { version }]) => version === undefined)).toEqual([]);
  const others = packages.filter(
    ([path, { license = '' }]) => !compatible.test(license) && !readByHand.has(name(path)),
  );
  expect(others.map(([path, { license }]) => `${name(path)}: ${license}`)).toEqual([]);
});
