import { expect, test } from 'vitest';

import { askedForAtGateway, eastWestName } from './east-west-gateway.ts';

const line = (flags: string, serverName: string, cluster = '-') =>
  `[2026-11-30T05:00:00.000Z] "- - -" 0 ${flags} - - "-" 10 20 3 - "-" "-" "-" "-" "10.245.0.7:80" ${cluster} 10.245.0.3:40000 10.245.0.3:15443 10.244.0.9:51000 ${serverName} -`;
const name = eastWestName('backend', 'shop');
const log = [
  line('-', name, `outbound_.80_._.backend.shop.svc.cluster.local`),
  line('NR', name),
  line('NR', eastWestName('backend', 'other')),
  line('-', eastWestName('backend', 'shop', { subset: 'east' })),
  'info Envoy proxy is ready',
].join('\n');

test('a name has the number of the port and the subset, as istiod writes it', () => {
  expect(name).toBe('outbound_.80_._.backend.shop.svc.cluster.local');
  expect(eastWestName('vault', 'shop', { port: 8080, subset: 'east' })).toBe(
    'outbound_.8080_.east_.vault.shop.svc.cluster.local',
  );
});

test('connections are found by the whole of the name they asked for, and by whether it led somewhere', () => {
  const { forwarded, unknown } = askedForAtGateway(log, name);
  expect(forwarded.map(({ flags }) => flags)).toEqual(['-']);
  expect(unknown.map(({ flags }) => flags)).toEqual(['NR']);
});
