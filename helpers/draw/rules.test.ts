import { expect, test } from 'vitest';

import { carries, rulesOf, servicesOf, workloadsOf } from './rules.ts';

const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: bank }
spec: { podSelector: { matchLabels: { app: vault } } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: canary, namespace: bank }
spec: { hosts: [vault] }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
`;

test('reads what a rule applies to', () => {
  expect(rulesOf([{ yaml: policy }])).toEqual([
    { kind: 'NetworkPolicy', name: 'guard', namespace: 'bank', applies: { to: 'pods', labels: { app: 'vault' } } },
    { kind: 'VirtualService', name: 'canary', namespace: 'bank', applies: { to: 'callers', hosts: ['vault'] } },
    { kind: 'PeerAuthentication', name: 'default', namespace: 'istio-system', applies: { to: 'mesh' } },
  ]);
});

test('counts a rule that comes again once, and looks past what is no YAML', () => {
  expect(rulesOf([policy, policy, '{{ .Values }}: [', ''].map((yaml) => ({ yaml })))).toHaveLength(3);
});

test('tells a rule of one cluster from that of another', () => {
  const both = ['west', 'east'].map((cluster) => ({ yaml: policy, cluster }));
  expect(rulesOf(both).map(({ cluster, name }) => `${name} of ${cluster}`)).toEqual([
    'guard of west',
    'canary of west',
    'default of west',
    'guard of east',
    'canary of east',
    'default of east',
  ]);
});

test('reads Services and workloads with the labels that matter', () => {
  const yaml = `
kind: Service
metadata: { name: vault, namespace: bank }
spec: { selector: { app: vault } }
---
kind: Deployment
metadata: { name: vault-v1, namespace: bank }
spec: { template: { metadata: { labels: { app: vault, version: v1 } } } }
`;
  const [service] = servicesOf([{ yaml }]);
  const [workload] = workloadsOf([{ yaml }]);
  expect(service).toMatchObject({ name: 'vault', namespace: 'bank' });
  expect(carries(workload?.labels ?? {}, service?.labels ?? {})).toBe(true);
  expect(carries(workload?.labels ?? {}, { version: 'v2' })).toBe(false);
});
