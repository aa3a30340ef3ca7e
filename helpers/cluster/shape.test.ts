import { expect, test } from 'vitest';

import { chooseShape } from './shape.ts';

const single = { provider: 'k3s', containerId: 'a', workerIds: [] } as const;
const three = { provider: 'kind', containerId: 'a', workerIds: ['b', 'c'] } as const;

test('without a choice and without a lab it is one node of k3s', () => {
  expect(chooseShape({}, undefined)).toEqual({ provider: 'k3s', nodes: 1 });
  expect(chooseShape({ CLUSTER: '', NODES: '' }, single)).toEqual({ provider: 'k3s', nodes: 1 });
});

test('what is left open is as with the lab that is up', () => {
  expect(chooseShape({}, three)).toEqual({ provider: 'kind', nodes: 3 });
  expect(chooseShape({ CLUSTER: 'kind' }, three)).toEqual({ provider: 'kind', nodes: 3 });
});

test('what is chosen counts, whatever is up', () => {
  expect(chooseShape({ CLUSTER: 'k3s' }, three)).toEqual({ provider: 'k3s', nodes: 1 });
  expect(chooseShape({ CLUSTER: 'kind', NODES: '1' }, three)).toEqual({ provider: 'kind', nodes: 1 });
  expect(chooseShape({ CLUSTER: 'kind', NODES: '3' }, single)).toEqual({ provider: 'kind', nodes: 3 });
});
