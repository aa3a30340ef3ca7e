import { expect, test } from 'vitest';

import { versions } from '../../kind/catalogue.ts';
import { checkChoices } from './choices.ts';

test('nothing chosen and what is supported is accepted', () => {
  expect(() => checkChoices({})).not.toThrow();
  expect(() => checkChoices({ CLUSTER: 'k3s', ISTIO: versions.istio, KUBERNETES: '' })).not.toThrow();
});

test('several nodes are for kind alone', () => {
  expect(() => checkChoices({ CLUSTER: 'kind', NODES: '3' })).not.toThrow();
  expect(() => checkChoices({ NODES: '3' })).toThrow(expect.objectContaining({ next: 'use CLUSTER=kind NODES=3' }));
  expect(() => checkChoices({ CLUSTER: 'kind', NODES: '2' })).toThrow('NODES=2 is not supported');
});

test('an unknown provider or version is refused with what would be accepted', () => {
  expect(() => checkChoices({ CLUSTER: 'minikube' })).toThrow('CLUSTER=minikube is not supported');
  expect(() => checkChoices({ KUBERNETES: '1.12' })).toThrow('KUBERNETES=1.12 is not supported');
  expect(() => checkChoices({ ISTIO: '0.9' })).toThrow(
    expect.objectContaining({ next: `use ISTIO=${versions.istio}, or leave it out` }),
  );
});
