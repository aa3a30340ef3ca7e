import { expect, test } from 'vitest';

import { noFault } from './fault.ts';
import { readSettings } from './settings.ts';

test('an empty environment makes a healthy server on port 80, the end of its chain', () => {
  expect(readSettings({ NEXT: '', FAIL_RATE: '' })).toEqual({
    port: 80,
    pod: 'unnamed',
    version: 'v1',
    next: undefined,
    propagate: 'all',
    databaseUrl: undefined,
    drainMs: 2_000,
    fault: noFault,
  });
});

test('the pod is named by POD before HOSTNAME', () => {
  expect(readSettings({ HOSTNAME: 'host' }).pod).toBe('host');
  expect(readSettings({ HOSTNAME: 'host', POD: 'pod' }).pod).toBe('pod');
});

test('the fault in force from the start is read', () => {
  const fault = { delayMs: 800, status: 500, rate: 0.2, failFirst: 3, ready: false };
  const environment = { DELAY: '800ms', FAIL_STATUS: '500', FAIL_RATE: '0.2', FAIL_FIRST: '3', READY: 'false' };
  expect(readSettings(environment).fault).toEqual(fault);
});

test.for([
  [{ PORT: 'http' }, 'PORT is no port: http'],
  [{ PORT: '70000' }, 'PORT is no port: 70000'],
  [{ DRAIN: '2' }, 'DRAIN is no duration from 0 to 10m: 2'],
  [{ NEXT: 'backend' }, 'NEXT is no http:// address: backend'],
  [{ NEXT: 'https://backend/' }, 'NEXT is no http:// address: https://backend/'],
  [{ DATABASE_URL: 'mysql://root:secret@database' }, /^DATABASE_URL is no postgres:\/\/ address$/],
  [{ FAIL_STATUS: '99' }, 'DELAY, FAIL_STATUS, FAIL_RATE, FAIL_FIRST and READY make no fault: status must'],
] as const)('%o is refused: %s', ([environment, message]) => {
  expect(() => readSettings(environment)).toThrow(message);
});

test('HTTPS needs certificate and key, and has a port of its own only beside them', () => {
  const pair = { TLS_CERT: '/tls/cert.pem', TLS_KEY: '/tls/key.pem' };
  expect(readSettings(pair).tls).toEqual({ cert: '/tls/cert.pem', key: '/tls/key.pem', port: undefined });
  expect(readSettings({ ...pair, TLS_PORT: '443' }).tls?.port).toBe(443);
  expect(readSettings({}).tls).toBeUndefined();
  expect(() => readSettings({ TLS_CERT: '/tls/cert.pem' })).toThrow('go together');
  expect(() => readSettings({ TLS_PORT: '443' })).toThrow('needs TLS_CERT');
  expect(() => readSettings({ ...pair, TLS_PORT: 'https' })).toThrow('TLS_PORT is no port');
});
