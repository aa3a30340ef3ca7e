import { expect, test } from 'vitest';

import { versions } from '../../kind/catalogue.ts';
import { checkChoices } from './choices.ts';

test('nothing chosen and what is supported is accepted', () => {
  expect(() => checkChoices({})).not.toThrow();
  expect(() => checkChoices({ CLUSTER: 'k3s', ISTIO: versions.istio, KUBERNETES: '' })).not.toThrow();
});

test('an unknown provider or version is refused with what would be accepted', () => {
  expect(() => checkChoices({ CLUSTER: 'minikube' })).toThrow('CLUSTER=minikube is not supported');
  expect(() => checkChoices({ KUBERNETES: '1.12' })).toThrow('KUBERNETES=1.12 is not supported');
  expect(() => checkChoices({ ISTIO: '0.9' })).toThrow(
    expect.objectContaining({ next: `use ISTIO=${versions.istio}, or leave it out` }),
  );
});
