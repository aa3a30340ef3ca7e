import { expect, test } from 'vitest';

import { pluginTypes } from './cni-configuration.ts';

test('plugins are named in the order in which they are called', () => {
  const configuration = { cniVersion: '1.0.0', name: 'pods', plugins: [{ type: 'ptp' }, { type: 'istio-cni' }] };
  expect(pluginTypes(JSON.stringify(configuration))).toEqual(['ptp', 'istio-cni']);
});

test('what is no list of plugins has none', () => {
  expect(pluginTypes('')).toEqual([]);
  expect(pluginTypes('{"type":"ptp"}')).toEqual([]);
});
