import { expect, test, vi } from 'vitest';

import { ProgramFailed } from '../../system/program.ts';
import { knownSecrets, valuesOf } from './known-secrets.ts';

test('values of a Secret are read decoded, whichever way they were written', () => {
  const metadata = { namespace: 'shop', name: 'db' };
  const data = { password: Buffer.from('hunter2-hunter2\n').toString('base64') };
  expect(valuesOf({ metadata, data })).toEqual([['Secret shop/db: password', 'hunter2-hunter2']]);
  expect(valuesOf({ metadata, stringData: { user: 'clerk' } })).toEqual([['Secret shop/db: user', 'clerk']]);
});

test('a certificate is no secret, its key is', () => {
  const data = { 'ca-cert.pem': Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'), 'ca-key.pem': 'a2V5' };
  expect(valuesOf({ data }).map(([name]) => name)).toEqual(['Secret /: ca-key.pem']);
});

test('a cluster whose Secrets cannot be read is an error, and no kubeconfig is none', async () => {
  // Nothing can be started from there, as where nobody answers.
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('KUBECONFIG', '/nowhere/kubeconfig.yaml');
  await expect(knownSecrets()).rejects.toBeInstanceOf(ProgramFailed);
  vi.stubEnv('KUBECONFIG', undefined);
  expect((await knownSecrets()).secret.size).toBe(0);
  vi.unstubAllEnvs();
});
