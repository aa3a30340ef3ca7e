import { expect, test } from 'vitest';

import { findSecrets, redact } from './secrets.ts';

// Put together here, so that no scanner takes this file for a leak.
const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');
const key = ['-----BEGIN PRIVATE', 'KEY-----\nMIIEvQ\n-----END PRIVATE', 'KEY-----'].join(' ');
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['a token', `cookie ${token}`],
  ['a private key', key],
  ['an opaque bearer token', `Authorization: Bearer ${'a1b2'.repeat(8)}`],
  ['the key of a kubeconfig', `client-key-data: ${base64('x'.repeat(40))}`],
  ['the key of a kubeconfig as JSON', `"client-key-data":"${base64('x'.repeat(40))}"`],
  ['a bootstrap token', ['abcdef', '0123456789abcdef'].join('.')],
])('finds %s and redacts it', (_what, text) => {
  expect(findSecrets(text)).toHaveLength(1);
  expect(findSecrets(redact(text))).toEqual([]);
});

test('finds a token inside an attachment inside a report', () => {
  const attachment = base64(`a transcript with ${token} and some more text around it, as there always is`);
  expect(findSecrets(`d("x", "${base64(`{"html":"${attachment}"}`)}")`)).not.toHaveLength(0);
});

test('never repeats the secret that it found', () => {
  expect(findSecrets(token).join('')).not.toContain(token.slice(0, 16));
});

test('finds nothing in an ordinary transcript', () => {
  const text =
    '$ kubectl get pods\nfrontend-7d9c 1/1 Running 10.244.0.7 docker.io/library/nginx:1.28.0\nBearer fake-token';
  expect(findSecrets(text)).toEqual([]);
  expect(redact(text)).toBe(text);
});

test('leaves what stands around a secret', () => {
  expect(redact(`before ${token} after`)).toBe('before [token removed] after');
});
