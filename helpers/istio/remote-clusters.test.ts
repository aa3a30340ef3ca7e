import { expect, test } from 'vitest';

import { readRemoteClusters, tellRemoteClusters } from './remote-clusters.ts';

const table = `NAME     SECRET                                    STATUS     ISTIOD                      REVISION
east                                               synced     istiod-5756c576df-q844n     default
west     istio-system/istio-remote-secret-west     timeout    istiod-5756c576df-q844n     default
`;

test('a cluster without a Secret is the one that istiod runs in, and its status stays where it is', () => {
  expect(readRemoteClusters(table)).toEqual([
    { name: 'east', secret: '', status: 'synced' },
    { name: 'west', secret: 'istio-system/istio-remote-secret-west', status: 'timeout' },
  ]);
  expect(tellRemoteClusters(table)).toBe('east: synced\nwest: timeout, by istio-system/istio-remote-secret-west');
  expect(readRemoteClusters('')).toEqual([]);
});
