import { expect, test } from 'vitest';

import { findSecrets, redact } from './secrets.ts';

// Put together here, so that no scanner takes this file for a leak.
const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');
const key = ['-----BEGIN PRIVATE', 'KEY-----\nMIIEvQ\n-----END PRIVATE', 'KEY-----'].join(' ');

test('finds a planted token and a planted key, also inside base64', () => {
  expect(findSecrets(`Authorization: Bearer ${token}`)).toHaveLength(1);
  expect(findSecrets(key)).toHaveLength(1);
  expect(
    findSecrets(Buffer.from(`an attachment that holds ${token} somewhere in it`).toString('base64')),
  ).not.toHaveLength(0);
});

test('finds nothing in an ordinary transcript', () => {
  expect(
    findSecrets('$ kubectl get pods\nfrontend-7d9c 1/1 Running 10.244.0.7 docker.io/library/nginx:1.28.0'),
  ).toEqual([]);
});

test('redacts what it finds and leaves the rest', () => {
  expect(redact(`before ${token} after`)).toBe('before [token removed] after');
});
