import { createPrivateKey, X509Certificate } from 'node:crypto';

import { expect, test } from 'vitest';

import { newAuthority, signedKey, signingFiles } from './authority.ts';
import { certificatesIn, isSignedBy, lifetimeHours, spiffeIds } from './certificate.ts';

test('an authority is an intermediate with its key, and the root that has signed it', async () => {
  const made = await newAuthority('O=Shop, CN=Root 1', 'O=Shop, CN=Signer 1');
  const [root, intermediate] = [new X509Certificate(made.root), new X509Certificate(made.intermediate)];
  expect(isSignedBy([intermediate], [root])).toBe(true);
  expect([root.subject, intermediate.subject]).toEqual(['O=Shop\nCN=Root 1', 'O=Shop\nCN=Signer 1']);
  expect(intermediate.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
});

test('what it signs with is named as in a Secret for TLS, and may come with several roots', async () => {
  const [old, next] = await Promise.all([
    newAuthority('O=Shop, CN=Root 1', 'O=Shop, CN=Signer 1'),
    newAuthority('O=Shop, CN=Root 2', 'O=Shop, CN=Signer 2'),
  ]);
  const files = signingFiles(next, `${old.root}${next.root}`);
  expect(Object.keys(files)).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
  expect(files['tls.crt']).toBe(next.intermediate);
  expect(certificatesIn(files['ca.crt'] ?? '').map(({ subject }) => subject)).toEqual([
    'O=Shop\nCN=Root 1',
    'O=Shop\nCN=Root 2',
  ]);
});

test('an intermediate signs a certificate for an identity, with a key that belongs to it', async () => {
  const authority = await newAuthority('O=Shop, CN=Root CA', 'O=Shop, CN=Intermediate CA, L=east');
  const identity = 'spiffe://cluster.local/ns/shop/sa/frontend';
  const made = await signedKey(authority, identity);
  const leaf = new X509Certificate(made.certificate);
  const chain = [leaf, new X509Certificate(authority.intermediate)];
  expect(isSignedBy(chain, [new X509Certificate(authority.root)])).toBe(true);
  expect(spiffeIds(leaf)).toEqual([identity]);
  expect(leaf.ca).toBe(false);
  expect(lifetimeHours(leaf)).toBe(24);
  expect(leaf.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
});
