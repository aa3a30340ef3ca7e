import { expect, test } from 'vitest';

import { steady } from './volatile.ts';

test.each([
  ['addresses and ports', '10.244.0.7:53158 → 10.96.0.1', '10.244.0.99:41002 → 10.96.17.3'],
  ['names of pods', 'backend-c9b786c76-5cxk6 1/1', 'backend-78d4c9774b-f8w8h 1/1'],
  ['times', '2026-11-21T07:50:25.407Z, age 12s', '2026-11-22T01:02:03.1Z, age 7m'],
  ['widths of columns', 'backend   2/2', 'backend      2/2'],
  ['decimals', 'HTTP 200 in 0.001412s', 'HTTP 200 in 0.1s'],
  ['counts above none', '{"v1":184,"v2":16}', '{"v1":179,"v2":21}'],
  [
    'time and size in an access log',
    '[21/Nov/2026:07:58:30 +0000] "GET / HTTP/1.1" 200 419',
    '[22/Nov/2026:01:02:03 +0000] "GET / HTTP/1.1" 200 420',
  ],
])('%s do not make two outputs differ', (_what, a, b) => {
  expect(steady(a)).toBe(steady(b));
});

test.each([
  ['the status of an answer', 'HTTP 200', 'HTTP 403'],
  ['a status among figures', '{"status":200}', '{"status":503}'],
  ['none and some', '{"failed":0}', '{"failed":3}'],
  ['a ready container', 'backend-c9b786c76-5cxk6 2/2', 'backend-c9b786c76-5cxk6 1/1'],
  ['an identity', 'spiffe://cluster.local/ns/shop/sa/frontend', 'spiffe://cluster.local/ns/shop/sa/default'],
  ['a version', 'client version: 1.31', 'client version: 1.31.1'],
])('%s does', (_what, a, b) => {
  expect(steady(a)).not.toBe(steady(b));
});
