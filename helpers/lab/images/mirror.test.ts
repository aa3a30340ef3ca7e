import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { mirroredImages, upstreamImages } from '../upstream.ts';
import { chosenRegistry, mirrored, registriesYaml } from './mirror.ts';

test('a mirrored name keeps path, tag and digest, and changes the registry', () => {
  expect(mirrored('docker.io/library/nginx:1.28.0', 'mirror:5000')).toBe('mirror:5000/library/nginx:1.28.0');
  expect(mirrored('registry.k8s.io/pause:3.10.2', 'mirror')).toBe('mirror/pause:3.10.2');
  expect(mirrored('docker.io/kindest/node:v1@sha256:0a', 'm.example:443')).toBe(
    'm.example:443/kindest/node:v1@sha256:0a',
  );
});

test('without a mirror every image keeps its name', () => {
  expect(mirrored('docker.io/library/nginx:1.28.0', chosenRegistry(''))).toBe('docker.io/library/nginx:1.28.0');
  expect(chosenRegistry(undefined)).toBeUndefined();
});

test.each(['k3s', 'kind'] as const)('two images that %s pulls never share a name in the mirror', (provider) => {
  const names = upstreamImages(provider).map((image) => mirrored(image, 'mirror:5000'));
  expect(new Set(names).size).toBe(names.length);
});

test.each(['https://mirror:5000', 'mirror:5000/team', 'mirror:port', ' '])('REGISTRY=%j is refused', (wanted) => {
  expect(() => chosenRegistry(wanted)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('k3s asks the mirror for every registry of the course, first encrypted', () => {
  const { mirrors } = parse(registriesYaml('mirror:5000', mirroredImages('k3s'))) as {
    mirrors: Record<string, unknown>;
  };
  expect(Object.keys(mirrors)).toEqual(['docker.io', 'quay.io', 'registry.k8s.io']);
  expect(mirrors['docker.io']).toEqual({ endpoint: ['https://mirror:5000', 'http://mirror:5000'] });
});
