import { expect, test } from 'vitest';

import { steady, steadyParts } from './volatile.ts';

test.each([
  ['addresses and ports', '10.244.0.7:53158 → 10.96.0.1', '10.244.0.99:41002 → 10.96.17.3'],
  ['names of pods', 'backend-c9b786c76-5cxk6 1/1', 'backend-78d4c9774b-f8w8h 1/1'],
  ['times', '2026-11-21T07:50:25.407Z, age 12s', '2026-11-22T01:02:03.1Z, age 7m'],
  ['widths of columns', 'backend   2/2', 'backend      2/2'],
  ['decimals', 'HTTP 200 in 0.001412s', 'HTTP 200 in 0.1s'],
  ['an address before a port', '"10.96.208.125_5432"', '"10.96.7.1_5432"'],
  ['hashes of templates of any length', 'backend-66cdd9dbb4-hhf25 2/2', 'backend-c74d854-hzz6k 2/2'],
  ['the age of a configuration', '"2026-11-21T14:36:05Z/109"', '"2026-11-21T15:34:00Z/117"'],
  ['decimals of any length', '{"first":5.851000000000001}', '{"first":5.9}'],
  ['values of Prometheus', '"value":[1795271840.031,"20"]', '"value":[1795275400.327,"20.003333888981494"]'],
  ['counters of a proxy', 'cluster.backend.ejections: 31', 'cluster.backend.ejections: 39'],
  ['what is captured before a request', '".OUW]..rGET / HTTP/1.1"', '"...\\t./0.GET / HTTP/1.1"'],
  [
    'the head of a logged line',
    'W1129 01:33:02.123456   12345 warnings.go:70] unknown field',
    'W1203 11:03:12.000001  7 warnings.go:107] unknown field',
  ],
  ['counts above none', '{"v1":184,"v2":16}', '{"v1":179,"v2":21}'],
  [
    'time and size in an access log',
    '[21/Nov/2026:07:58:30 +0000] "GET / HTTP/1.1" 200 419',
    '[22/Nov/2026:01:02:03 +0000] "GET / HTTP/1.1" 200 420',
  ],
  ['counts in words', 'calls: 22, failed: 3', 'calls: 11, failed: 1'],
  ['how seldom chance does it', 'missed once in 37,000 runs', 'missed once in 2 million runs'],
  ['the number of a question', 'status: NXDOMAIN, id: 43881', 'status: NXDOMAIN, id: 8'],
  ['how long an answer took', 'x-envoy-upstream-service-time: 58', 'x-envoy-upstream-service-time: 0'],
  ['how often an event came', 'BackOff 2s (x2 over 3s) kubelet', 'BackOff 1s kubelet'],
])('%s do not make two outputs differ', (_what, a, b) => {
  expect(steady(a)).toBe(steady(b));
});

test.each([
  ['the status of an answer', 'HTTP 200', 'HTTP 403'],
  ['a status among figures', '{"status":200}', '{"status":503}'],
  ['no value of Prometheus and some', '"value":[1.5,"0"]', '"value":[1.5,"3"]'],
  ['a counter that stayed at none', 'a.b: 0', 'a.b: 4'],
  ['a name of the same shape as a pod', 'backend-canary-route', 'backend-stable-route'],
  ['none and some', '{"failed":0}', '{"failed":3}'],
  ['none and some in words', 'calls: 22, failed: 0', 'calls: 22, failed: 3'],
  ['a status in words', 'status: 200', 'status: 503'],
  ['a ready container', 'backend-c9b786c76-5cxk6 2/2', 'backend-c9b786c76-5cxk6 1/1'],
  ['an identity', 'spiffe://cluster.local/ns/shop/sa/frontend', 'spiffe://cluster.local/ns/shop/sa/default'],
  ['a version', 'client version: 1.31', 'client version: 1.31.1'],
])('%s does', (_what, a, b) => {
  expect(steady(a)).not.toBe(steady(b));
});

test('order and repetitions are no difference, another part is', () => {
  expect(steadyParts('frontend: a b\nhealth: a b')).toBe(steadyParts('health: a b\nfrontend: a b'));
  expect(steadyParts('HTTP 200 in 0.1s, HTTP 200 in 0.2s')).toBe(steadyParts('HTTP 200 in 0.3s'));
  expect(steadyParts('[{"id":"b"},{"id":"a"}]')).toBe(steadyParts('[{"id":"a"},{"id":"b"}]'));
  expect(steadyParts('HTTP 200 in 0.1s, HTTP 500 in 0.2s')).not.toBe(steadyParts('HTTP 200 in 0.3s'));
});
