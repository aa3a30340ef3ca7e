import { expect, test } from 'vitest';

import { connectionsTo } from './connections.ts';

const cluster = (subset: string, service = 'backend.shop') => `outbound|80|${subset}|${service}.svc.cluster.local`;

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
