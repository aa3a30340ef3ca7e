import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type IstioRelease, istioReleases, minorOf } from './istio-releases.ts';
import { kubernetesReleases } from './kubernetes-releases.ts';
import { chosenVersion, isSupportedPair, versionPairs, versionsOf } from './versions.ts';

const here = import.meta.dirname;
const goMod = (folder: string) => readFile(join(here, 'go', folder, 'go.mod'), 'utf8');

test.each(istioReleases)('Istio $version is assembled from a module of its own, of that commit', async (release) => {
  const text = await goMod(`istio-${minorOf(release.version)}`);
  expect(text).toMatch(new RegExp(String.raw`istio\.io/istio v0\.0\.0-\d{14}-${release.commit} `));
  expect(text).toContain(`module mesh-mastery.dev/kind/go/istio-${minorOf(release.version)}\n`);
});

test.each<IstioRelease>(istioReleases)(
  'what Istio $version borrows is said where types are replaced',
  async (release) => {
    const replaced = /^\s*(?:replace )?istio\.io\/api => /m.test(await goMod(`istio-${minorOf(release.version)}`));
    expect(Object.keys(release.borrowed ?? {}).some((part) => part.includes('istio.io/api'))).toBe(replaced);
  },
);

test.each(kubernetesReleases)(
  'Kubernetes $version is assembled from a module of its own, whole',
  async ({ version }) => {
    const text = await goMod(`kubernetes-${minorOf(version)}`);
    expect(text).toContain(`k8s.io/kubernetes v${version} `);
    expect(text).toContain(`k8s.io/kubelet => k8s.io/kubelet v0.${version.slice(2)}\n`);
  },
);

test.each(kubernetesReleases)(
  'nodes of Kubernetes $version are of the same minor version',
  ({ version, k3s, kind }) => {
    for (const { tag } of [k3s, kind]) expect(tag).toMatch(new RegExp(`^v${minorOf(version)}\\.`));
  },
);

test('every Envoy that may be chosen is pinned', () => {
  for (const { envoys } of istioReleases) {
    for (const envoy of envoys) expect(existsSync(join(here, 'envoy', `${envoy}.txt`))).toBe(true);
  }
});

test('each release has its own Envoy unless another is chosen', () => {
  expect(chosenVersion('ENVOY', {})).toBe('1.39.3');
  expect(chosenVersion('ENVOY', { ISTIO: '1.30' })).toBe('1.38.3');
  expect(chosenVersion('ENVOY', { ISTIO: '1.30', ENVOY: '1.39' })).toBe('1.39.3');
  expect(versionsOf('ENVOY', { ISTIO: '1.31' })).toContain('1.40.0');
});

test('the default pair comes first, and Istio supports it', () => {
  const [first] = versionPairs;
  expect(first).toEqual({ istio: chosenVersion('ISTIO', {}), kubernetes: chosenVersion('KUBERNETES', {}) });
  expect(first !== undefined && isSupportedPair(first)).toBe(true);
  expect(versionPairs).toHaveLength(istioReleases.length * kubernetesReleases.length);
});
