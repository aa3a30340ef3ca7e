import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';

import { workloadsOf } from './workloads.ts';

const pod = (name: string, containers: string[], more: object = {}, early: string[] = []): V1Pod => ({
  metadata: { name, namespace: 'shop', labels: { app: 'backend', 'pod-template-hash': '6d4cf' }, ...more },
  spec: {
    containers: containers.map((each) => ({ name: each })),
    initContainers: early.map((each) => ({ name: each })),
  },
  status: { podIP: '10.244.0.7' },
});
const owned = { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'backend-6d4cf', uid: 'u' }] };

test('puts the pods of a Deployment together under its name', () => {
  const seen = workloadsOf([pod('backend-6d4cf-a', ['hello'], owned), pod('backend-6d4cf-b', ['hello'], owned)]);
  expect(seen).toMatchObject([{ namespace: 'shop', name: 'backend', sidecar: false }]);
  expect(seen[0]?.pods.map(({ name }) => name)).toEqual(['backend-6d4cf-a', 'backend-6d4cf-b']);
});

test('and those of a Rollout, whose controller has a label of its own for the hash', () => {
  const labels = { app: 'backend', 'rollouts-pod-template-hash': '6d4cf' };
  expect(workloadsOf([pod('backend-6d4cf-a', ['server'], { ...owned, labels })])).toMatchObject([{ name: 'backend' }]);
});

test('sees a sidecar in either form', () => {
  expect(workloadsOf([pod('a', ['hello', 'istio-proxy'])])).toMatchObject([{ name: 'a', sidecar: true }]);
  expect(workloadsOf([pod('b', ['hello'], {}, ['istio-proxy'])])).toMatchObject([{ name: 'b', sidecar: true }]);
});

test('looks past a pod that is about to go', () => {
  expect(workloadsOf([pod('a', ['hello'], { deletionTimestamp: new Date() })])).toEqual([]);
});
