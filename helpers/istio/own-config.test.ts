import { expect, test } from 'vitest';

import { ownConfig } from './own-config.ts';

const dump = (...names: string[]) =>
  JSON.stringify({
    configs: [
      { bootstrap: {} },
      { version_info: '7', dynamic_active_clusters: names.map((name) => ({ cluster: { name }, last_updated: 'now' })) },
      {
        dynamic_listeners: [
          { name: 'virtualInbound', active_state: { version_info: '7', listener: { name: 'virtualInbound' } } },
          { name: '10.0.0.1_80', active_state: { listener: { name: '10.0.0.1_80' } } },
          { name: 'warming' },
        ],
      },
      {
        dynamic_route_configs: [
          {
            route_config: {
              virtual_hosts: [
                { name: 'backend.shop.svc.cluster.local:80' },
                { name: 'backend.other.svc.cluster.local:80' },
              ],
            },
          },
        ],
      },
    ],
  });

test('of everything that a proxy was told, what is about the namespaces and about itself is left', () => {
  const names = [
    'inbound|80||',
    'outbound|80||backend.shop.svc.cluster.local',
    'outbound|80||backend.other.svc.cluster.local',
  ];
  expect(ownConfig(dump(...names), ['shop'])).toEqual([
    '{"name":"backend.shop.svc.cluster.local:80"}',
    '{"name":"inbound|80||"}',
    '{"name":"outbound|80||backend.shop.svc.cluster.local"}',
    '{"name":"virtualInbound"}',
  ]);
});

test('the order of the fields makes no difference', () => {
  const one = dump('outbound|80||a.shop.svc.cluster.local').replaceAll('{"name":', '{"kind":"x","name":');
  const other = dump('outbound|80||a.shop.svc.cluster.local').replaceAll(
    /\{"name":("[^"]*")/g,
    '{"name":$1,"kind":"x"',
  );
  expect(ownConfig(one, ['shop'])).toEqual(ownConfig(other, ['shop']));
});

test('the order in which it was told makes no difference', () => {
  const names = ['outbound|80||a.shop.svc.cluster.local', 'outbound|80||b.shop.svc.cluster.local'];
  expect(ownConfig(dump(...names), ['shop'])).toEqual(ownConfig(dump(...names.toReversed()), ['shop']));
});
