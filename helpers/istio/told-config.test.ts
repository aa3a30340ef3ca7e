import { expect, test } from 'vitest';

import { accessRules, digestOf, toldConfig } from './told-config.ts';

const rbac = (namespace: string) => ({
  name: 'envoy.filters.http.rbac',
  typed_config: { rules: { action: 'DENY', policies: { [`ns[${namespace}]-policy[no-attacker]-rule[0]`]: {} } } },
});

/** As Envoy prints it; the same filter is in both chains of the listener. */
const dump = (namespace: string, connections = 100) =>
  JSON.stringify({
    configs: [
      {
        dynamic_active_clusters: [
          { cluster: { name: `outbound|80||backend.${namespace}.svc.cluster.local`, connections } },
          { cluster: { name: 'outbound|80||other.elsewhere.svc.cluster.local' } },
        ],
      },
      {
        dynamic_listeners: [
          {
            name: 'virtualInbound',
            active_state: {
              listener: {
                name: 'virtualInbound',
                filter_chains: [{ filters: [rbac(namespace)] }, { filters: [rbac(namespace), { name: 'router' }] }],
              },
            },
          },
        ],
      },
      {
        dynamic_route_configs: [
          { route_config: { virtual_hosts: [{ name: `backend.${namespace}.svc.cluster.local:80`, domains: ['*'] }] } },
        ],
      },
    ],
  });

test('each part is known by kind and name, and the namespace stands for any', () => {
  expect(Object.keys(toldConfig(dump('shop'), 'shop')).toSorted()).toEqual([
    'cluster outbound|80||backend.NAMESPACE.svc.cluster.local',
    'listener virtualInbound',
    'route backend.NAMESPACE.svc.cluster.local:80',
  ]);
});

test('one thing told in two namespaces has one digest, and another thing has another', () => {
  const digest = (namespace: string, connections?: number) =>
    digestOf(toldConfig(dump(namespace, connections), namespace));
  expect(digest('shop')).toBe(digest('bank'));
  expect(digest('shop')).not.toBe(digest('shop', 10));
  expect(digest('shop')).toMatch(/^[0-9a-f]{64}$/);
});

test('rules of access are found in every chain, and each is named once', () => {
  expect(accessRules(toldConfig(dump('shop'), 'shop'))).toEqual([rbac('NAMESPACE')]);
});

test('where nothing judges there are no rules', () => {
  expect(accessRules(toldConfig('{"configs":[]}', 'shop'))).toEqual([]);
});
