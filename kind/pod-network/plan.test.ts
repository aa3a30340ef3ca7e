import type { V1Node } from '@kubernetes/client-node';
import { expect, test } from 'vitest';

import { masquerade, networkList, nodeNetworks, routes } from './plan.ts';

const node = (name: string, ip: string, podCIDR?: string) =>
  ({
    metadata: { name },
    spec: podCIDR === undefined ? {} : { podCIDR },
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: 'fc00::2' },
        { type: 'InternalIP', address: ip },
      ],
    },
  }) satisfies V1Node;

const first = { name: 'first', address: '10.89.0.2', podRange: '10.244.0.0/24' };
const second = { name: 'second', address: '10.89.0.3', podRange: '10.244.1.0/24' };

test('a node counts as soon as it has an IPv4 address and a range', () => {
  const nodes = [node('first', '10.89.0.2', '10.244.0.0/24'), node('second', '10.89.0.3')];
  expect(nodeNetworks(nodes)).toEqual([first]);
});

test("a node has a route to every other node's pods, and to none of its own that is gone", () => {
  const third = { name: 'third', address: '10.89.0.4', podRange: '10.244.2.0/24' };
  expect(routes(second, [third, second, first])).toBe(
    'route replace unreachable 10.244.1.0/24\nroute replace 10.244.0.0/24 via 10.89.0.2\nroute replace 10.244.2.0/24 via 10.89.0.4\n',
  );
  expect(routes(first, [first])).toBe('route replace unreachable 10.244.0.0/24\n');
});

test('only what leaves the cluster is masqueraded, by one rule that replaces the one before', () => {
  expect(masquerade(second, '10.244.0.0/16')).toContain('ip saddr 10.244.1.0/24 ip daddr != 10.244.0.0/16 masquerade');
  expect(masquerade(second, '10.244.0.0/16')).toMatch(/^table ip pod-network\ndelete table ip pod-network\n/);
});

test('pods get addresses of their own node, and keep them as senders', () => {
  expect(JSON.parse(networkList(second))).toMatchObject({
    plugins: [{ type: 'ptp', ipMasq: false, ipam: { ranges: [[{ subnet: '10.244.1.0/24' }]] } }, { type: 'portmap' }],
  });
});
