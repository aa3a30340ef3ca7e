import { expect, test } from 'vitest';

import { supportedVersions } from '../../kind/versions.ts';
import { choicesOf, inWords, publicChoices, unsupportedVersions } from './choices.ts';

test('nothing chosen and what is supported is accepted', () => {
  expect(() => choicesOf({})).not.toThrow();
  expect(() => choicesOf({ CLUSTER: 'k3s', NODES: '' })).not.toThrow();
});

test('several nodes are for kind alone', () => {
  expect(() => choicesOf({ CLUSTER: 'kind', NODES: '3' })).not.toThrow();
  expect(() => choicesOf({ NODES: '3' })).toThrow(expect.objectContaining({ next: 'use CLUSTER=kind NODES=3' }));
  expect(() => choicesOf({ CLUSTER: 'kind', NODES: '2' })).toThrow('NODES=2 is not supported');
});

test('an unknown provider is refused with what would be accepted', () => {
  expect(() => choicesOf({ CLUSTER: 'minikube' })).toThrow('CLUSTER=minikube is not supported');
});

test('a supported version is taken by its full number or by its minor', () => {
  for (const ISTIO of [...supportedVersions.ISTIO, '1.30', '1.31']) {
    expect(unsupportedVersions({ ISTIO, KUBERNETES: '1.36' }, 'assembled')).toEqual([]);
  }
});

test('an unknown version is refused with the list, or tried where someone insists and a registry has it', () => {
  const refused = expect.objectContaining({
    message: 'ISTIO=1.32.0 is not supported',
    next: 'use ISTIO=1.31.1 or ISTIO=1.30.5, leave it out, or try it all the same with UNSUPPORTED=yes',
  });
  expect(() => unsupportedVersions({ ISTIO: '1.32.0' }, 'upstream')).toThrow(refused);
  const insisting = { ISTIO: '1.32.0', UNSUPPORTED: 'yes' };
  expect(unsupportedVersions(insisting, 'upstream')).toEqual(['ISTIO=1.32.0']);
  expect(() => unsupportedVersions(insisting, 'assembled')).toThrow('assembled images have sources that are pinned');
});

test('a proxy can be chosen where images are assembled, and only among those whose binaries are pinned', () => {
  expect(unsupportedVersions({ ENVOY: '1.38' }, 'assembled')).toEqual([]);
  expect(unsupportedVersions({ ENVOY: '1.38.3', STAND_INS: 'yes' }, 'upstream')).toEqual([]);
  expect(() => unsupportedVersions({ ENVOY: '1.2', UNSUPPORTED: 'yes' }, 'assembled')).toThrow(
    expect.objectContaining({
      next: 'use ENVOY=1.39.3 or ENVOY=1.38.3 or ENVOY=1.40.0; CONTRIBUTING.md says how to add a version',
    }),
  );
  expect(() => unsupportedVersions({ ENVOY: '1.38.3' }, 'upstream')).toThrow('these bring their own');
  expect(() => unsupportedVersions({ ENVOY: '1.38.3' }, 'cluster')).toThrow('these bring their own');
});

test('a proxy is accepted for a release of Istio whose istiod configures it', () => {
  expect(unsupportedVersions({ ISTIO: '1.31', ENVOY: '1.40' }, 'assembled')).toEqual([]);
  expect(() => unsupportedVersions({ ISTIO: '1.30', ENVOY: '1.40' }, 'assembled')).toThrow(
    'ENVOY=1.40 is not supported by istiod 1.30',
  );
});

test('a Kubernetes that Istio does not support is refused in one line, and tried where someone insists', () => {
  const refused = expect.objectContaining({
    message:
      'ISTIO=1.31.1 on KUBERNETES=1.37.2 is not supported by Istio, which names 1.32 to 1.36 (announcement of Istio 1.31.0)',
    next: 'use KUBERNETES=1.36.3 or KUBERNETES=1.35.4 or KUBERNETES=1.34.4, or try it all the same with UNSUPPORTED=yes',
  });
  expect(() => unsupportedVersions({ KUBERNETES: '1.37' }, 'assembled')).toThrow(refused);
  expect(() => unsupportedVersions({ KUBERNETES: '1.37' }, 'upstream')).toThrow(refused);
  const insisting = { KUBERNETES: '1.37', UNSUPPORTED: 'yes' };
  expect(unsupportedVersions(insisting, 'assembled')).toEqual(['ISTIO=1.31.1 on KUBERNETES=1.37.2']);
  expect(unsupportedVersions({ KUBERNETES: '1.37' }, 'cluster')).toEqual([]);
});

test('an existing cluster is not given assembled images', () => {
  expect(() => choicesOf({ CLUSTER: 'existing', IMAGES: 'assembled' })).toThrow('has its own images');
});

test('a second cluster of the course, and one that somebody else runs, are asked for in different ways', () => {
  expect(() => choicesOf({ CLUSTER: 'existing', CLUSTERS: '2' })).toThrow('the second is named');
  expect(() => choicesOf({ EAST: 'prod-east' })).toThrow('somebody else runs');
  const both = choicesOf({ CLUSTER: 'existing', CONTEXT: 'arn:aws:1', EAST: 'arn:aws:2' });
  expect(JSON.stringify(publicChoices(both))).not.toContain('aws');
});

test('the choices of a run are what was chosen, and names of accounts among them stay here', () => {
  const chosen = choicesOf({ CLUSTER: 'existing', CONTEXT: 'arn:aws:eks:eu:123:cluster/a', NODES: '', HOME: '/root' });
  expect(chosen).toEqual({ CLUSTER: 'existing', CONTEXT: 'arn:aws:eks:eu:123:cluster/a' });
  expect(inWords(chosen)).toBe('CLUSTER=existing CONTEXT=arn:aws:eks:eu:123:cluster/a');
  expect(JSON.stringify(publicChoices(chosen))).not.toContain('123');
});
