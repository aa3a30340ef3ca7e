import { createPrivateKey, X509Certificate } from 'node:crypto';

import { expect, test } from 'vitest';

import { isSignedBy, lifetimeHours } from './certificate.ts';
import { meshAuthority, newMeshRoot } from './mesh-root.ts';

test('an intermediate of the cluster is signed by a root that lives a month', async () => {
  const made = await meshAuthority('west', await newMeshRoot());
  const [root, intermediate] = [made['root-cert.pem'], made['ca-cert.pem']].map((pem) => new X509Certificate(pem));
  if (root === undefined || intermediate === undefined) throw new Error('no certificates');
  expect(isSignedBy([intermediate], [root])).toBe(true);
  expect(isSignedBy([root], [root])).toBe(true);
  expect([root.ca, intermediate.ca]).toEqual([true, true]);
  expect(intermediate.subject).toContain('L=west');
  expect(lifetimeHours(root)).toBe(720);
  expect(intermediate.checkPrivateKey(createPrivateKey(made['ca-key.pem']))).toBe(true);
});

test('clusters of a mesh have one root, and an intermediate each', async () => {
  const root = await newMeshRoot();
  const [west, east] = await Promise.all([meshAuthority('west', root), meshAuthority('east', root)]);
  expect(west['root-cert.pem']).toBe(east['root-cert.pem']);
  expect(west['ca-cert.pem']).not.toBe(east['ca-cert.pem']);
  expect(isSignedBy([new X509Certificate(east['ca-cert.pem'])], [new X509Certificate(west['root-cert.pem'])])).toBe(
    true,
  );
});

test('every run has a root of its own', async () => {
  const [one, other] = await Promise.all([newMeshRoot(), newMeshRoot()]);
  expect(one.certificate).not.toBe(other.certificate);
});
