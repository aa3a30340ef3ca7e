import { access, constants, glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { imageRecipes } from '../catalogue.ts';

const kindDir = join(import.meta.dirname, '..');
const files = await Array.fromAsync(glob('**/Dockerfile', { cwd: kindDir }));
const dockerfiles = await Promise.all(
  files.map(async (file) => ({ file, text: await readFile(join(kindDir, file), 'utf8') })),
);

test("every Dockerfile can be built by Docker's classic builder, which the engine's API offers without BuildKit", () => {
  expect(dockerfiles.length).toBeGreaterThan(10);
  const ofBuildKit = /^# *syntax=|--(chmod|link|parents|exclude|mount|network|security)\b|<<-?["'\w]/m;
  expect(dockerfiles.filter(({ text }) => ofBuildKit.test(text)).map(({ file }) => file)).toEqual([]);
});

test('a script that an image starts may be executed: its mode is that of the file here', async () => {
  const scripts = await Array.fromAsync(glob('**/*.sh', { cwd: kindDir }));
  expect(scripts.length).toBeGreaterThan(5);
  for (const script of scripts) await access(join(kindDir, script), constants.X_OK);
});

test.each(imageRecipes.map(({ name, packages }) => ({ name, packages })))(
  '$name adds the packages of its recipe, if it has any',
  ({ name, packages }) => {
    const text = dockerfiles.find(({ file }) => file === `images/${name}/Dockerfile`)?.text ?? '';
    expect(text.includes('ADD packages.tar /')).toBe(packages !== undefined);
  },
);
