import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { withMeshConfig } from './mesh-config.ts';

const mesh = `accessLogFile: /dev/stdout
defaultConfig:
  concurrency: 1
  discoveryAddress: istiod.istio-system.svc:15012
defaultProviders:
  metrics: [one, two]
`;
const file = (meshConfig: unknown) => JSON.stringify({ kind: 'IstioOperator', spec: { meshConfig } });

test('a setting is added, and all others keep their values', () => {
  const retries = { attempts: 3, retryOn: '5xx' };
  expect(parse(withMeshConfig(mesh, file({ defaultHttpRetryPolicy: retries })))).toEqual({
    ...(parse(mesh) as object),
    defaultHttpRetryPolicy: retries,
  });
});

test('maps are merged by key, lists are replaced', () => {
  const changed = withMeshConfig(mesh, file({ defaultConfig: { concurrency: 2 }, defaultProviders: { metrics: [] } }));
  expect(parse(changed)).toEqual({
    accessLogFile: '/dev/stdout',
    defaultConfig: { concurrency: 2, discoveryAddress: 'istiod.istio-system.svc:15012' },
    defaultProviders: { metrics: [] },
  });
});
