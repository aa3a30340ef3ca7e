import { expect, test } from 'vitest';

import { seeRoutes } from './see-routes.ts';

const dump = JSON.stringify([
  {
    virtualHosts: [
      {
        name: 'backend.shop.svc.cluster.local:80',
        routes: ['v2', 'v1'].map((subset) => ({
          match: { prefix: '/' },
          route: { cluster: `outbound|80|${subset}|backend.shop.svc.cluster.local` },
        })),
      },
    ],
  },
]);

test('routes are seen where the proxy has them all, in their order', async () => {
  const seen: unknown[] = [];
  const cluster = {
    eventually: async (...[says, args, holds, program, options]: readonly unknown[]) => {
      seen.push([says, args, (holds as (output: string) => boolean)(dump), program, options]);
      return dump;
    },
  };
  const backend = { caller: 'deployment/customer', service: 'backend.shop' };
  await seeRoutes(cluster, backend, 'both rules', ['100 % for v2', '100 % for v1'], { staysMs: 3_000 });
  await seeRoutes(cluster, backend, 'the other order', ['100 % for v1', '100 % for v2']);
  await seeRoutes(cluster, backend, 'one rule', ['100 % for v2']);
  const command = 'proxy-config routes deployment/customer.shop --name 80 --output json'.split(' ');
  const options = { tell: expect.any(Function) };
  expect(seen).toEqual([
    ['both rules', command, true, 'istioctl', { ...options, staysMs: 3_000 }],
    ['the other order', command, false, 'istioctl', options],
    ['one rule', command, false, 'istioctl', options],
  ]);
});
