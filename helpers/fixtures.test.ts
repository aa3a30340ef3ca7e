import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { imageRecipes } from '../kind/catalogue.ts';
import { folderOfSetup, readFixture } from './kube/manifest.ts';
import { pathOfSpec } from './record/exercise-path.ts';
import { specKinds } from './record/spec-kinds.ts';
import { fixturesDir, kindDir, projectRoot, specsDir } from './system/paths.ts';

/** Manifests are numbered in the order in which they are applied; other YAML is input of a calculation. */
const manifests = await Array.fromAsync(glob('**/[0-9]*.yaml', { cwd: fixturesDir }));
const specs = await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }));

test('every spec that needs a cluster has a set-up in the fixture folder of its path, or of its exercise', async () => {
  const setups = ['10-setup.yaml', '10-setup.west.yaml', '10-setup.east.yaml'];
  const withoutSetup = specs.filter((spec) => {
    const folder = folderOfSetup(join(fixturesDir, pathOfSpec(join(specsDir, spec))));
    return !setups.some((file) => existsSync(join(folder, file)));
  });
  const texts = await Promise.all(withoutSetup.map((spec) => readFile(join(specsDir, spec), 'utf8')));
  expect(withoutSetup.filter((_, index) => texts[index]?.includes("needs: ['calc']") !== true)).toEqual([]);
});

test('a spec that is about several clusters says so in its name, and no other does', async () => {
  const texts = await Promise.all(specs.map((spec) => readFile(join(specsDir, spec), 'utf8')));
  const need = (capability: string) =>
    specs.filter((_, index) => /needs: \[[^\]]*\]/.exec(texts[index] ?? '')?.[0].includes(`'${capability}'`));
  const named = (ending: RegExp) => specs.filter((spec) => ending.test(spec));
  expect(need('clusters2')).toEqual(named(/\.(two-clusters|pair-wide|three-clusters)\.spec\.ts$/));
  expect(need('edge')).toEqual(named(/\.three-clusters\.spec\.ts$/));
});

test('a spec that is about ambient mode says so in its name, and no other does', async () => {
  const texts = await Promise.all(specs.map((spec) => readFile(join(specsDir, spec), 'utf8')));
  const needAmbient = specs.filter((_, index) => /needs: \[[^\]]*'(ambient|waypoint)'/.test(texts[index] ?? ''));
  expect(needAmbient.length).toBeGreaterThan(5);
  expect(needAmbient).toEqual(specs.filter((spec) => /\.(ambient|ambient-alone)\.spec\.ts$/.test(spec)));
});

test('a manifest for a namespace that every exercise sees belongs to a spec that has its phase to itself', async () => {
  const fixtures = await Promise.all(manifests.map((file) => readFixture(fixturesDir, file)));
  const folders = fixtures
    .filter(({ homes }) => homes.includes('istio-system'))
    .map(({ path }) => relative(fixturesDir, dirname(join(projectRoot, path))));
  const alone = specKinds.filter(({ sideBySide }) => !sideBySide).map(({ suffix }) => suffix);
  const beside = new Set(
    specs
      .filter((spec) => !alone.some((suffix) => spec.endsWith(`${suffix}.spec.ts`)))
      .map((spec) => pathOfSpec(join(specsDir, spec))),
  );
  expect(folders.length).toBeGreaterThan(0);
  expect(folders.filter((folder) => beside.has(folder))).toEqual([]);
});

test('no two fixture folders create the same namespace', async () => {
  const fixtures = await Promise.all(manifests.map((file) => readFixture(fixturesDir, file)));
  const created = fixtures.flatMap(({ namespaces, path }) => namespaces.map((name) => `${name} in ${dirname(path)}`));
  // Within a folder a lesson manifest may change what its set-up created: labels of a namespace are part of it.
  const namespaces = [...new Set(created)].map((text) => text.split(' ')[0]);
  expect(namespaces).toHaveLength(new Set(namespaces).size);
});

test('every image of a fixture is in the catalogue, pinned by tag', async () => {
  // `auto` is what a gateway says where the injection is to put in the image of the proxy; a run that has to say it itself
  // fills in what it has found in a pod.
  const known = new Set(['auto', '${PROXY_IMAGE}', ...imageRecipes.flatMap(({ upstream }) => upstream)]);
  const unknown: string[] = [];
  for (const file of manifests) {
    const images = (await readFile(join(fixturesDir, file), 'utf8')).matchAll(/image:\s*(\S+)/g);
    for (const [, image] of images) unknown.push(...(known.has(image ?? '') ? [] : [`${file}: ${image}`]));
  }
  expect(unknown).toEqual([]);
});

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
}

/** For each container anywhere in an object, whom it runs as: what its own context says, else its pod's. */
function usersIn(value: unknown, ofPod: SecurityContext = {}): SecurityContext[] {
  if (typeof value !== 'object' || value === null) return [];
  const { containers, securityContext = {} } = value as { containers?: unknown; securityContext?: SecurityContext };
  const inherited = Array.isArray(containers) ? securityContext : ofPod;
  const self = 'image' in value ? [{ ...inherited, ...securityContext }] : [];
  return [...self, ...Object.values(value).flatMap((inner) => usersIn(inner, inherited))];
}

test('whoever must not be root says by number who else: the kubelet does not know the names in an image', async () => {
  const ofKind = (await Array.fromAsync(glob('*.yaml', { cwd: kindDir }))).map((file) => join(kindDir, file));
  const files = [...manifests.map((file) => join(fixturesDir, file)), ...ofKind];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const users = texts.flatMap((text) => parseAllDocuments(text).flatMap((document) => usersIn(document.toJS())));
  const guarded = users.filter(({ runAsNonRoot }) => runAsNonRoot === true);
  expect(guarded.length).toBeGreaterThan(30);
  expect(guarded.filter(({ runAsUser }) => !(Number.isInteger(runAsUser) && Number(runAsUser) > 0))).toEqual([]);
});
