import { expect, test } from 'vitest';

import { drift, effectiveConfig } from './effective-config.ts';

const routes = (namespace: string, address: string, timeout = '2s') =>
  JSON.stringify([
    {
      name: '80',
      virtualHosts: [
        {
          name: `backend.${namespace}.svc.cluster.local:80`,
          domains: ['backend', address, `backend.${namespace}`],
          routes: [{ route: { cluster: `outbound|80||backend.${namespace}.svc.cluster.local`, timeout } }],
        },
        { name: 'other.elsewhere.svc.cluster.local:80', domains: ['other.elsewhere'], routes: [] },
      ],
    },
    { virtualHosts: [{ name: 'backend', domains: ['*'] }] },
    { name: 'InboundPassthroughCluster' },
  ]);
const clusters = (namespace: string, connectTimeout = '2s') =>
  JSON.stringify([
    { name: `outbound|80||backend.${namespace}.svc.cluster.local`, connectTimeout },
    { name: 'outbound|80||other.elsewhere.svc.cluster.local' },
    { name: 'agent' },
  ]);
const prod = effectiveConfig(routes('prod', '10.96.0.1'), clusters('prod'), 'prod');

test('environments that differ in name and address only have no drift', () => {
  const staging = effectiveConfig(routes('staging', '10.96.0.2'), clusters('staging'), 'staging');
  expect(drift(prod, staging)).toEqual([]);
});

test('Services of other namespaces do not count', () => {
  expect(Object.keys(prod)).toEqual([
    'route backend.NAMESPACE.svc.cluster.local:80',
    'cluster outbound|80||backend.NAMESPACE.svc.cluster.local',
  ]);
});

test('a changed route and a changed cluster are two lines of drift, each with both values', () => {
  const staging = effectiveConfig(routes('staging', '10.96.0.2', '20s'), clusters('staging', '1s'), 'staging');
  expect(drift(prod, staging)).toEqual([
    'cluster outbound|80||backend.NAMESPACE.svc.cluster.local > connectTimeout: "2s" ≠ "1s"',
    'route backend.NAMESPACE.svc.cluster.local:80 > routes > 0 > route > timeout: "2s" ≠ "20s"',
  ]);
});

test('a Service that one environment lacks is drift', () => {
  const staging = effectiveConfig('[]', clusters('staging'), 'staging');
  expect(drift(prod, staging)).toEqual([
    expect.stringMatching(/^route backend\.NAMESPACE\.svc\.cluster\.local:80: \{.*\} ≠ nothing$/),
  ]);
});
