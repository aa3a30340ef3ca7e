import { expect, test } from 'vitest';

import { connectionsTo, routesTo, tellRoutes, tellShares } from './destinations.ts';

const cluster = (subset: string, service = 'backend.shop') => `outbound|80|${subset}|${service}.svc.cluster.local`;
const dump = JSON.stringify([
  {
    name: '80',
    virtualHosts: [
      {
        name: 'backend.shop.svc.cluster.local:80',
        routes: [
          { match: { prefix: '/', headers: [{ name: 'canary' }] }, route: { cluster: cluster('v2') } },
          {
            match: { prefix: '/' },
            route: {
              weightedClusters: {
                clusters: [
                  { name: cluster('v1'), weight: 1 },
                  { name: cluster('v2'), weight: 3 },
                ],
              },
            },
          },
        ],
      },
      { name: 'backend.shop-2.svc.cluster.local:80', routes: [{ route: { cluster: cluster('', 'backend.shop-2') } }] },
    ],
  },
]);

test('routes to a Service come in their order, with shares that add up to a hundred', () => {
  expect(routesTo(dump, 'backend.shop')).toEqual([
    { match: { prefix: '/', headers: [{ name: 'canary' }] }, shares: { v2: 100 } },
    { match: { prefix: '/' }, shares: { v1: 25, v2: 75 } },
  ]);
  expect(tellRoutes(dump, 'backend.shop').split('\n')[1]).toBe('{"prefix":"/"}: 25 % for v1 and 75 % for v2');
});

test('a Service without rules has one route, to the Service as a whole', () => {
  expect(routesTo(dump, 'backend.shop-2')).toEqual([{ match: {}, shares: { '': 100 } }]);
  expect(tellShares({ '': 100 })).toBe('100 % for the Service as a whole');
});

test('connections of one Service are told from those of others, and from HTTP', () => {
  const tcp = (...names: string[]) => ({
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
      weightedClusters: { clusters: names.map((name, index) => ({ name, weight: index === 0 ? 80 : 20 })) },
    },
  });
  const single = {
    typedConfig: { '@type': tcp().typedConfig['@type'], cluster: cluster('', 'database.shop') },
  };
  const listeners = JSON.stringify([
    { filterChains: [{ filters: [tcp(cluster('v1'), cluster('v2'))] }] },
    { filterChains: [{ filters: [tcp(cluster('v1', 'backend.shop-2'))] }], defaultFilterChain: { filters: [single] } },
    { filterChains: [{ filters: [{ typedConfig: { '@type': 'HttpConnectionManager' } }, {}] }] },
  ]);
  expect(connectionsTo(listeners, 'backend.shop')).toEqual([{ v1: 80, v2: 20 }]);
  expect(connectionsTo(listeners, 'database.shop')).toEqual([{ '': 100 }]);
  expect(connectionsTo(listeners, 'reports.shop')).toEqual([]);
});
