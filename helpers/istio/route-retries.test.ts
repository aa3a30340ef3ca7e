import { expect, test } from 'vitest';

import { retriesOf } from './route-retries.ts';

const dump = JSON.stringify([
  {
    virtualHosts: [
      {
        name: 'orders.shop.svc.cluster.local:80',
        routes: [{ route: {} }, { route: { retryPolicy: { numRetries: 3 } } }],
      },
      { name: 'payments.shop.svc.cluster.local:80', routes: [{ route: { retryPolicy: { numRetries: 2 } } }] },
    ],
  },
  { name: 'InboundPassthroughCluster' },
]);

test('each route of the Service counts, one without a policy as 0', () => {
  expect(retriesOf(dump, 'orders.shop.')).toEqual([0, 3]);
});

test('a Service that the proxy does not know has no routes', () => {
  expect(retriesOf(dump, 'reports.shop.')).toEqual([]);
});
