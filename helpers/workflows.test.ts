import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { chosenVersion, isSupportedPair, versionPairs } from '../kind/versions.ts';
import { choicesOf, unsupportedVersions } from './lab/choices.ts';
import { projectRoot } from './system/paths.ts';

const folder = join(projectRoot, '.github');
const files = await Array.fromAsync(glob('**/*.yaml', { cwd: folder }));
const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));

type World = Readonly<Record<'cluster' | 'istio' | 'kubernetes', string>>;
type Matrix = Readonly<Record<keyof World, readonly string[]>> & { readonly exclude: readonly Partial<World>[] };

interface Night {
  readonly jobs: Record<'course' | 'report', { readonly strategy: { readonly matrix: Matrix } }>;
}
const { jobs } = parse(await readFile(join(folder, 'workflows/night.yaml'), 'utf8')) as Night;

/** The worlds that a matrix comes to, as GitHub reads it. */
function worldsOf({ cluster: clusters, istio: istios, kubernetes: several, exclude }: Matrix): World[] {
  const all = clusters.flatMap((cluster) =>
    istios.flatMap((istio) => several.map((kubernetes) => ({ cluster, istio, kubernetes }))),
  );
  const isExcluded = (world: World) =>
    exclude.some((each) => Object.entries(each).every(([name, value]) => world[name as keyof World] === value));
  return all.filter((world) => !isExcluded(world));
}
const worlds = worldsOf(jobs.course.strategy.matrix);

test('every action is pinned by its full version, or is our own', () => {
  const uses = texts.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action));
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((action) => !/^\.\/|@v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual([]);
});

test('the night asks only for clusters and versions that the course accepts', () => {
  expect(worlds.length).toBeGreaterThan(0);
  for (const { cluster: CLUSTER, istio: ISTIO, kubernetes: KUBERNETES } of worlds) {
    expect(() => choicesOf({ CLUSTER })).not.toThrow();
    expect(unsupportedVersions({ ISTIO, KUBERNETES }, 'upstream')).toEqual([]);
  }
});

test('the night runs every pair that Istio supports on k3s, and the first on every cluster', () => {
  const pairOf = ({ istio: ISTIO, kubernetes: KUBERNETES }: World) => ({
    istio: chosenVersion('ISTIO', { ISTIO }),
    kubernetes: chosenVersion('KUBERNETES', { KUBERNETES }),
  });
  const on = (cluster: string) => worlds.filter((world) => world.cluster === cluster).map(pairOf);
  expect(on('k3s')).toEqual(versionPairs.filter(isSupportedPair));
  expect(on('kind')).toEqual(versionPairs.slice(0, 1));
});

test('the night reports on the very worlds that it ran', () => {
  expect(worldsOf(jobs.report.strategy.matrix)).toEqual(worlds);
});

interface Scheduled {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] };
}

test('each month has a refresh, and each quarter one with the matrix', async () => {
  const months = async (name: string) => {
    const { on } = parse(await readFile(join(folder, `workflows/${name}.yaml`), 'utf8')) as Scheduled;
    return on.schedule.flatMap(({ cron }) => cron.split(' ')[3]?.split(',').map(Number) ?? []);
  };
  const [month, quarter] = [await months('month'), await months('quarter')];
  expect(quarter).toEqual([1, 4, 7, 10]);
  expect([...month, ...quarter].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
});
