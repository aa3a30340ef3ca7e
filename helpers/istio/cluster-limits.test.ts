import { expect, test } from 'vitest';

import { clustersCommand, readClusterLimits, tellLimits } from './cluster-limits.ts';

const http = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const limited = {
  name: 'outbound|80|v1|backend.m2.svc.cluster.local',
  circuitBreakers: { thresholds: [{ maxConnections: 10, maxPendingRequests: 4_294_967_295 }] },
  outlierDetection: { interval: '30s', maxEjectionPercent: 34 },
  typedExtensionProtocolOptions: { [http]: { commonHttpProtocolOptions: { maxRequestsPerConnection: 2 } } },
};

test('the limits of a subset are read, and the greatest number is none', () => {
  expect(readClusterLimits(JSON.stringify([limited]))).toEqual([
    {
      subset: 'v1',
      maxConnections: 10,
      maxPendingRequests: undefined,
      maxRequestsPerConnection: 2,
      outlierDetection: { interval: '30s', maxEjectionPercent: 34 },
    },
  ]);
});

test('a cluster of which nothing was said has no limits', () => {
  const [limits] = readClusterLimits('[{"name":"outbound|80||backend.m2.svc.cluster.local"}]');
  expect(limits).toEqual({ subset: '' });
});

test('the clusters of one Service are asked for by its full name', () => {
  expect(clustersCommand('deploy/frontend', 'backend', 'm2').join(' ')).toBe(
    'proxy-config clusters deploy/frontend.m2 --fqdn backend.m2.svc.cluster.local --output json',
  );
});

test('limits are told in a line for each cluster', () => {
  expect(tellLimits(JSON.stringify([{ ...limited, outlierDetection: undefined }]))).toBe(
    'v1: {"maxConnections":10,"maxRequestsPerConnection":2}',
  );
});
