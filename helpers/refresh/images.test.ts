import { expect, test } from 'vitest';

import { newestTag, offerOf } from './images.ts';

test('a tag is followed by the newest of its own form and line', () => {
  const tags = ['v1.36.5-k3s1', 'v1.36.6-k3s1', 'v1.36.10-k3s1', 'v1.36.11-rc1-k3s1', 'v1.37.1-k3s1', 'latest'];
  expect(newestTag('v1.36.5-k3s1', tags)).toBe('v1.36.10-k3s1');
  expect(newestTag('v1.37.1-k3s1', tags)).toBeUndefined();
  expect(newestTag('1.30.5', ['1.30.6', '1.30', '1.30.6-alpine', '1.31.0'])).toBe('1.30.6');
  expect(newestTag('trixie-20261005-slim', ['trixie-20261102-slim', 'bookworm-20261201-slim'])).toBe(
    'trixie-20261102-slim',
  );
});

test('an image whose registry does not answer, or names no digest, is none that was asked about', async () => {
  const reference = { image: 'docker.io/library/nginx', tag: '1.30.5', source: '', lookedUp: '2026-11' };
  const offer = (tags: string, digest: string) =>
    offerOf(reference, 'mirror/nginx', async (verb) => (verb === 'ls' ? tags : digest));
  expect(await offer('', '')).toBe('silent');
  expect(await offer('1.30.6', '')).toBe('silent');
  expect(await offer('1.30.5', 'sha256:new')).toBeUndefined();
  expect(await offer('1.30.5\n1.30.6', 'sha256:new')).toMatchObject({ newer: '1.30.6@sha256:new', reach: 'patch' });
});
