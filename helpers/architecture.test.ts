import { glob, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

import { expect, test } from 'vitest';

import { projectRoot } from './places.ts';

const files = await Array.fromAsync(glob('{specs,helpers,kind}/**/*.ts', { cwd: projectRoot }));
const code = files.filter((file) => !file.endsWith('.test.ts'));

/** Every import as `importer → imported`: a path from the root for ours, a name for packages. */
const imports = await Promise.all(
  code.map(async (file) => {
    const text = await readFile(join(projectRoot, file), 'utf8');
    const named = [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, name = '']) => name);
    return named.map((name) => ({ file, target: name.startsWith('.') ? normalize(join(file, '..', name)) : name }));
  }),
).then((lists) => lists.flat());

/** Importers of a package among helpers and specs; what runs on the node runs on its own. */
function importersOf(pattern: RegExp): string[] {
  const found = imports.filter(
    ({ file, target }) => pattern.test(target) && !/^kind\/(netpol|pod-network)\//.test(file),
  );
  return [...new Set(found.map(({ file }) => file))].toSorted();
}

test('imports were found at all, so the rules below judge something', () => {
  expect(imports.length).toBeGreaterThan(150);
});

test('one file starts programs', () => {
  expect(importersOf(/^(execa|node:child_process)$/)).toEqual(['helpers/program.ts']);
});

test('one file waits', () => {
  expect(importersOf(/^node:timers/)).toEqual(['helpers/convergence.ts']);
});

test('one file knows the API of Allure', () => {
  expect(importersOf(/^allure-js-commons$/).filter((file) => !file.startsWith('helpers/report/'))).toEqual([
    'helpers/narration.ts',
  ]);
});

test('imports point down: nobody imports specs, kind imports no helpers, only commands import commands', () => {
  const up = imports.filter(
    ({ file, target }) =>
      target.startsWith('specs/') ||
      (file.startsWith('kind/') && target.startsWith('helpers/')) ||
      (target.startsWith('helpers/commands/') && !file.startsWith('helpers/commands/')) ||
      (target.startsWith('helpers/cluster/') && !/^helpers\/(cluster|commands)\//.test(file)),
  );
  expect(up).toEqual([]);
});
