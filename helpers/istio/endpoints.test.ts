import { expect, test } from 'vitest';

import { clusterEndpointsCommand, endpointsCommand, readEndpoints, tellEndpoints, tellWeights } from './endpoints.ts';

const host = (address: string, zone: string, more: object, health: object = {}) => ({
  address: { socketAddress: { address, portValue: 80 } },
  healthStatus: { edsHealthStatus: 'HEALTHY', ...health },
  weight: 1,
  locality: { region: 'shop', zone },
  ...more,
});
const dump = JSON.stringify([
  {
    name: 'outbound|80||backend.shop.svc.cluster.local',
    hostStatuses: [
      host('10.244.0.9', 'zone-b', { priority: 1, weight: 3 }),
      host('10.244.0.7', 'zone-a', {}, { failedOutlierCheck: true }),
      host('10.244.0.8', 'zone-a', {}, { edsHealthStatus: 'UNHEALTHY' }),
    ],
  },
]);

test('each pod has its zone and its priority, and what keeps calls from it', () => {
  expect(readEndpoints(dump)).toEqual([
    { address: '10.244.0.9', port: 80, weight: 3, zone: 'zone-b', priority: 1, isReady: true, isEjected: false },
    { address: '10.244.0.7', port: 80, weight: 1, zone: 'zone-a', priority: 0, isReady: true, isEjected: true },
    { address: '10.244.0.8', port: 80, weight: 1, zone: 'zone-a', priority: 0, isReady: false, isEjected: false },
  ]);
  expect(tellEndpoints(dump).split('\n')).toEqual([
    '10.244.0.7 in zone-a: priority 0, ejected',
    '10.244.0.8 in zone-a: priority 0, not ready',
    '10.244.0.9 in zone-b: priority 1, gets calls',
  ]);
});

test('each has its weight, which a gateway has of the pods behind it', () => {
  expect(tellWeights(dump).split('\n')).toEqual([
    '10.244.0.7:80 weight 1',
    '10.244.0.8:80 weight 1',
    '10.244.0.9:80 weight 3',
  ]);
  expect(tellWeights('[]')).toBe('nobody');
});

test('a proxy that knows no pod has none', () => {
  expect(readEndpoints('[]')).toEqual([]);
  expect(readEndpoints('[{"name":"outbound|80||backend.shop.svc.cluster.local"}]')).toEqual([]);
});

test('the cluster is named as istiod names it', () => {
  expect(endpointsCommand('deployment/frontend', 'backend', 'shop').join(' ')).toBe(
    'proxy-config endpoints deployment/frontend.shop --cluster outbound|80||backend.shop.svc.cluster.local --output json',
  );
  expect(clusterEndpointsCommand('pod/a', 'shop', 'outbound|53||dns.kube-system.svc').join(' ')).toBe(
    'proxy-config endpoints pod/a.shop --cluster outbound|53||dns.kube-system.svc --output json',
  );
});
