import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { mutantsOf } from './rules.ts';

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: shop }
spec:
  podSelector: { matchLabels: { app: backend } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: frontend } } }]
      ports: [{ protocol: TCP, port: 80 }]
`;

test('each mutant is the manifest with a single change, which its name tells', () => {
  const names = mutantsOf(policy).map(({ name }) => name.replace('NetworkPolicy guard: ', ''));
  expect(names).toEqual([
    'spec.podSelector is {}',
    'spec.ingress.0.from dropped',
    'spec.ingress.0.from.0.podSelector is {}',
    'spec.ingress.0.ports dropped',
    'spec.ingress.0.ports.0.port is 81',
  ]);
  for (const { yaml } of mutantsOf(policy)) expect(yaml).not.toBe(policy);
});

test('other documents of the file stay as they are, and names of objects are never changed', () => {
  const two = `${policy}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\ndata: { port: x }\n`;
  for (const { yaml } of mutantsOf(two)) {
    const [first, second] = parseAllDocuments(yaml).map((document) => document.toJS() as { metadata: object });
    expect(first?.metadata).toEqual({ name: 'guard', namespace: 'shop' });
    expect(second).toMatchObject({ kind: 'ConfigMap', data: { port: 'x' } });
  }
});

test('a portable route has mutants of its own: where it belongs, whom it matches, and how many go where', () => {
  const route = `kind: HTTPRoute
metadata: { name: backend }
spec:
  parentRefs: [{ group: '', kind: Service, name: backend, port: 80 }]
  rules:
    - matches: [{ headers: [{ name: canary, value: 'true' }] }]
      backendRefs: [{ name: backend-v2, weight: 10 }]
`;
  expect(mutantsOf(route).map(({ name }) => name.replace('HTTPRoute backend: spec.', ''))).toEqual([
    'parentRefs.0.port is 81',
    'rules.0.matches dropped',
    'rules.0.matches.0.headers.0.value is "true-of-a-mutant"',
    'rules.0.backendRefs.0.weight is 90',
  ]);
});

test('telemetry has mutants that trace fewer calls, tell other things of them, and log others', () => {
  const telemetry = `kind: Telemetry
metadata: { name: all }
spec:
  tracing: [{ randomSamplingPercentage: 100, customTags: { team: { literal: { value: checkout } } } }]
  accessLogging: [{ filter: { expression: 'response.code >= 400' } }]
`;
  expect(mutantsOf(telemetry).map(({ name }) => name.replace('Telemetry all: spec.', ''))).toEqual([
    'tracing.0.randomSamplingPercentage is 1',
    'tracing.0.customTags.team.literal.value is "checkout-of-a-mutant"',
    'accessLogging dropped',
    'accessLogging.0.filter.expression is "response.code >= 600"',
  ]);
});

test('the hosts of an operation have mutants, those of a route have none', () => {
  const guard = `kind: AuthorizationPolicy
metadata: { name: guard }
spec: { rules: [{ to: [{ operation: { hosts: [a.example] } }] }] }
---
kind: VirtualService
metadata: { name: a }
spec: { hosts: [a.example] }
`;
  expect(mutantsOf(guard).map(({ name }) => name)).toEqual([
    'AuthorizationPolicy guard: spec.rules.0.to.0.operation.hosts is ["*"]',
    'AuthorizationPolicy guard: spec.rules.0.to.0.operation.hosts is ["of-a-mutant.example"]',
  ]);
});

test('a Sidecar has mutants that let proxies know more, less, or that are for every proxy', () => {
  const sidecar = `kind: Sidecar
metadata: { name: small }
spec: { workloadSelector: { labels: { app: a } }, egress: [{ hosts: [./b, ./c] }] }
`;
  expect(mutantsOf(sidecar).map(({ name }) => name.replace('Sidecar small: spec.', ''))).toEqual([
    'workloadSelector dropped',
    'egress.0.hosts is ["*/*"]',
    'egress.0.hosts without "./b"',
    'egress.0.hosts without "./c"',
  ]);
});

test('what no lesson is about has no mutants', () => {
  expect(mutantsOf('kind: Namespace\nmetadata: { name: shop }\n')).toEqual([]);
});
