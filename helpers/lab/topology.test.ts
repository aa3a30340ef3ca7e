import { expect, test } from 'vitest';

import { chooseTopology } from './topology.ts';

const single = { provider: 'k3s', containerId: 'a', workerIds: [] } as const;
const three = { provider: 'kind', containerId: 'a', workerIds: ['b', 'c'] } as const;

test('without a choice and without a lab it is one node of k3s', () => {
  expect(chooseTopology({}, undefined)).toEqual({ provider: 'k3s', nodes: 1 });
  expect(chooseTopology({ CLUSTER: '', NODES: '' }, single)).toEqual({ provider: 'k3s', nodes: 1 });
});

test('what is left open is as with the lab that is up', () => {
  expect(chooseTopology({}, three)).toEqual({ provider: 'kind', nodes: 3 });
  expect(chooseTopology({ CLUSTER: 'kind' }, three)).toEqual({ provider: 'kind', nodes: 3 });
});

test('what is chosen counts, whatever is up', () => {
  expect(chooseTopology({ CLUSTER: 'k3s' }, three)).toEqual({ provider: 'k3s', nodes: 1 });
  expect(chooseTopology({ CLUSTER: 'kind', NODES: '1' }, three)).toEqual({ provider: 'kind', nodes: 1 });
  expect(chooseTopology({ CLUSTER: 'kind', NODES: '3' }, single)).toEqual({ provider: 'kind', nodes: 3 });
});
