import { expect, test } from 'vitest';

import { routesTo, tellRetries, tellRoutes, tellSharesByRoute } from './routes.ts';
import { tellShares } from './shares.ts';

const cluster = (subset: string, service = 'backend.shop') => `outbound|80|${subset}|${service}.svc.cluster.local`;
const dump = JSON.stringify([
  {
    name: '80',
    virtualHosts: [
      {
        name: 'backend.shop.svc.cluster.local:80',
        routes: [
          {
            match: { prefix: '/', headers: [{ name: 'canary' }] },
            route: {
              cluster: cluster('v2'),
              retryPolicy: { retryOn: '5xx', numRetries: 3 },
              requestMirrorPolicies: [{ cluster: cluster('v1') }],
            },
            typedPerFilterConfig: { other: {}, fault: { abort: { httpStatus: 503 } } },
          },
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
    {
      match: { prefix: '/', headers: [{ name: 'canary' }] },
      clusters: [cluster('v2')],
      shares: { v2: 100 },
      retryPolicy: { retryOn: '5xx', numRetries: 3 },
      mirrors: [{ cluster: cluster('v1') }],
      abort: { httpStatus: 503 },
    },
    { match: { prefix: '/' }, clusters: [cluster('v1'), cluster('v2')], shares: { v1: 25, v2: 75 }, mirrors: [] },
  ]);
  expect(tellSharesByRoute(dump, 'backend.shop')).toBe('100 % for v2, then 25 % for v1 and 75 % for v2');
  expect(tellRoutes(dump, 'backend.shop').split('\n')[1]).toBe('{"prefix":"/"}: 25 % for v1 and 75 % for v2');
});

test('a Service without rules has one route, to the Service as a whole', () => {
  const [route, ...others] = routesTo(dump, 'backend.shop-2');
  expect([route?.match, route?.shares, others]).toEqual([{}, { '': 100 }, []]);
  expect(tellShares({ '': 100 })).toBe('100 % for the Service as a whole');
});

test('each route counts with its retries, one without a policy as 0, and a Service that is not known has none', () => {
  expect(tellRetries(dump, 'backend.shop')).toBe('3,0');
  expect(tellRetries(dump, 'backend.shop-2')).toBe('0');
  expect(tellRetries(dump, 'reports.shop')).toBe('');
});

test('what is no configuration of routes is passed over', () => {
  expect(routesTo(JSON.stringify([{ name: 'InboundPassthroughCluster' }]), 'backend.shop')).toEqual([]);
});
