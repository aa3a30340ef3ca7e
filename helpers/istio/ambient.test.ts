import { expect, test } from 'vitest';

import { isUnreached } from './ambient.ts';

test('an istiod that was not reached is told from one that refuses', () => {
  const unreached =
    'Error from server (InternalError): error when creating "waypoint-upstream-envoy.yaml": Internal error occurred: failed calling webhook "validation.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/validate?timeout=10s": dial tcp 10.96.4.7:443: connect: connection refused';
  const refused =
    'Error from server: error when creating "waypoint-upstream-envoy.yaml": admission webhook "validation.istio.io" denied the request: configuration is invalid';
  expect([unreached, refused, ''].map(isUnreached)).toEqual([true, false, false]);
});
