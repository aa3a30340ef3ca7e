import { expect, test } from 'vitest';

import { readConfigSize } from './config-size.ts';

test('the parts of a dump are counted and weighed, white space left out', () => {
  const clusters = {
    '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
    static_clusters: [{ name: 'agent' }],
    dynamic_active_clusters: [{ name: 'outbound|80||a' }, { name: 'outbound|80||b' }],
  };
  const bootstrap = { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: {} };
  const dump = { configs: [bootstrap, clusters] };
  expect(readConfigSize(JSON.stringify(dump, undefined, 1))).toEqual({
    bytes: JSON.stringify(dump).length,
    parts: {
      bootstrap: { count: 0, bytes: JSON.stringify(bootstrap).length },
      clusters: { count: 3, bytes: JSON.stringify(clusters).length },
    },
  });
});
