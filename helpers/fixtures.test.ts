import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { imageRecipes } from '../kind/catalogue.ts';
import { readFixture } from './fixture.ts';
import { fixturesDir, specsDir } from './places.ts';

const manifests = await Array.fromAsync(glob('**/*.yaml', { cwd: fixturesDir }));
const specs = await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }));

test('every spec has a fixture folder of the same path', () => {
  expect(
    specs.filter((spec) => !existsSync(join(fixturesDir, spec.replace(/\.spec\.ts$/, ''), '10-cast.yaml'))),
  ).toEqual([]);
});

test('no two fixture folders create the same namespace', async () => {
  const fixtures = await Promise.all(manifests.map((file) => readFixture(fixturesDir, file)));
  const namespaces = fixtures.flatMap((fixture) => fixture.namespaces);
  expect(namespaces).toHaveLength(new Set(namespaces).size);
});

test('every image of a fixture is in the catalogue, pinned by tag', async () => {
  const known = new Set(imageRecipes.flatMap(({ upstream }) => upstream));
  const unknown: string[] = [];
  for (const file of manifests) {
    const images = (await readFile(join(fixturesDir, file), 'utf8')).matchAll(/image:\s*(\S+)/g);
    for (const [, image] of images) unknown.push(...(known.has(image ?? '') ? [] : [`${file}: ${image}`]));
  }
  expect(unknown).toEqual([]);
});
