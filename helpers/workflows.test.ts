import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { choicesOf, unsupportedVersions } from './lab/choices.ts';
import { projectRoot } from './system/paths.ts';

const folder = join(projectRoot, '.github');
const files = await Array.fromAsync(glob('**/*.yaml', { cwd: folder }));
const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));

interface Night {
  readonly jobs: Record<
    'course' | 'report',
    { readonly strategy: { readonly matrix: Record<string, readonly string[]> } }
  >;
}
const { jobs } = parse(await readFile(join(folder, 'workflows/night.yaml'), 'utf8')) as Night;

test('every action is pinned by its full version, or is our own', () => {
  const uses = texts.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action));
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((action) => !/^\.\/|@v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual([]);
});

test('the night asks only for clusters and versions that the course accepts', () => {
  const { cluster = [], istio = [], kubernetes = [] } = jobs.course.strategy.matrix;
  expect(cluster.length * istio.length * kubernetes.length).toBeGreaterThan(0);
  for (const CLUSTER of cluster) {
    for (const ISTIO of istio) {
      for (const KUBERNETES of kubernetes) {
        expect(() => choicesOf({ CLUSTER })).not.toThrow();
        expect(unsupportedVersions({ ISTIO, KUBERNETES }, 'upstream')).toEqual([]);
      }
    }
  }
});

test('the night reports on the very worlds that it ran', () => {
  const { part: _part, ...worlds } = jobs.course.strategy.matrix;
  expect(jobs.report.strategy.matrix).toEqual(worlds);
});
