import { glob, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

import { expect, test } from 'vitest';

import { projectRoot } from './system/paths.ts';

const files = await Array.fromAsync(glob('{specs,helpers,kind}/**/*.ts', { cwd: projectRoot }));
const code = files.filter((file) => !file.endsWith('.test.ts'));

/** Text of every file by its path from the root. */
const texts = await Promise.all(
  code.map(async (file) => ({ file, text: await readFile(join(projectRoot, file), 'utf8') })),
);

/** Every import as `importer → imported`: a path from the root for ours, a name for packages. */
const imports = texts.flatMap(({ file, text }) => {
  const named = [...text.matchAll(/(?:from|import)\s*\(?'([^'\s]+)'/g)].map(([, name = '']) => name);
  return named.map((name) => ({ file, target: name.startsWith('.') ? normalize(join(file, '..', name)) : name }));
});

/** What runs on the node runs on its own. */
const onNode = /^kind\/(netpol\/(?!truth-table)|pod-network\/)/;

/** Importers of a package among what does not run on the node. */
function importersOf(pattern: RegExp): string[] {
  const found = imports.filter(({ file, target }) => pattern.test(target) && !onNode.test(file));
  return [...new Set(found.map(({ file }) => file))].toSorted();
}

/** The same for files that hold a piece of code; but for the images of ours, which have no helpers. */
function usersOf(pattern: RegExp): string[] {
  return texts
    .flatMap(({ file, text }) =>
      pattern.test(text) && !onNode.test(file) && !file.startsWith('kind/images/') ? [file] : [],
    )
    .toSorted();
}

test('imports were found at all, so the rules below judge something', () => {
  expect(imports.length).toBeGreaterThan(150);
});

test('one file starts programs', () => {
  expect(importersOf(/^(execa|node:child_process)$/)).toEqual(['helpers/system/program.ts']);
});

test('one file waits', () => {
  expect(importersOf(/^node:timers/)).toEqual(['helpers/system/polling.ts']);
  expect(usersOf(/\b(setTimeout|setInterval|setImmediate)\(/)).toEqual(['helpers/system/polling.ts']);
});

test('one file knows the API of Allure', () => {
  expect(importersOf(/^allure-js-commons$/).filter((file) => !file.startsWith('helpers/report/'))).toEqual([
    'helpers/record/allure.ts',
  ]);
});

/** The rooms of the project, from the ground up: each may import from itself and from those before it. */
const rooms = [
  'kind',
  'helpers/system',
  'helpers/kube',
  'helpers/record',
  'helpers/istio',
  'helpers/draw',
  'helpers/calls',
  'helpers/faults',
  'helpers/mutants',
  'helpers/lesson',
  'helpers/curriculum',
  'helpers/runs',
  'helpers/progress',
  'helpers/roi',
  'helpers/decision',
  'helpers/report/pages',
  'helpers/report/sheets',
  'helpers/report/publish',
  'helpers/report/live',
  'helpers/bench',
  'helpers/contracts',
  'helpers/present',
  'helpers/lab',
  'helpers/refresh',
  'helpers/discover',
  'helpers/commands',
  'helpers/index.ts',
  'specs',
];
const roomOf = (path: string) =>
  // What new exercises are copied from is a spec, wherever it lies.
  path.endsWith('.spec.ts')
    ? rooms.indexOf('specs')
    : rooms.findLastIndex((room) => path === room || path.startsWith(`${room}/`));

test('every file is in a room, and imports point down', () => {
  expect(code.filter((file) => roomOf(file) === -1)).toEqual([]);
  const own = imports.filter(({ target }) => roomOf(target) !== -1);
  expect(own.length).toBeGreaterThan(500);
  expect(own.filter(({ file, target }) => roomOf(target) > roomOf(file))).toEqual([]);
});

test('what is kept of a learner is read for that learner alone, and by no report', () => {
  expect(
    importersOf(/^helpers\/progress\//).filter((file) => !/^helpers\/(progress|present|commands)\//.test(file)),
  ).toEqual([]);
});

test('no spec imports another', () => {
  expect(imports.filter(({ target }) => target.startsWith('specs/'))).toEqual([]);
});

test('a spec imports from one place: helpers/index.ts, beside what Node brings', () => {
  const found = imports.filter(({ file }) => file.endsWith('.spec.ts'));
  const others = found.filter(({ target }) => target !== 'helpers/index.ts' && !target.startsWith('node:'));
  expect(found.length).toBeGreaterThan(50);
  expect(others).toEqual([]);
});

test('what specs may import is what some spec imports', async () => {
  const index = texts.find(({ file }) => file === 'helpers/index.ts')?.text ?? '';
  const offered = [...index.matchAll(/\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace('type ', '').trim()),
  );
  const specs = texts.filter(({ file }) => file.endsWith('.spec.ts')).map(({ text }) => text);
  const unused = offered.filter((name) => name !== '' && !specs.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
  expect(unused).toEqual([]);
});
