import { expect, test } from 'vitest';

import type { IncidentAnswers } from './incident-queries.ts';
import { nameOfVerdict, readServicePods, verdictOf } from './incident-verdict.ts';
import type { Sample } from './prometheus.ts';

const sample = (value: number, labels: Sample['labels']): Sample => ({ value, labels });
const byPod = (values: Readonly<Record<string, number>>) =>
  Object.entries(values).map(([pod, value]) => sample(value, { pod }));
const services = { frontend: ['front'], backend: ['a', 'b', 'c'] };
const edges = [
  sample(20, { source_workload: 'shop', destination_service: 'frontend.drill.svc.cluster.local' }),
  sample(20, { source_workload: 'frontend', destination_service: 'backend.drill.svc.cluster.local' }),
];
const quick = byPod({ front: 40, a: 4, b: 5, c: 6 });
const healthy: IncidentAnswers = { Q1: [], Q2: [], Q3: [], Q4: quick, Q5: edges };
const badGateway = [sample(6, { destination_workload: 'frontend', response_code: '502' })];
const verdict = (answers: Partial<IncidentAnswers>) => nameOfVerdict(verdictOf({ ...healthy, ...answers }, services));

test('calls that are answered quickly and without errors are healthy, and no calls are not', () => {
  expect(verdict({})).toBe('healthy');
  expect(verdict({ Q4: [], Q5: [] })).toBe('unexplained');
});

test('a flag of a proxy that ended calls comes before all else', () => {
  const Q2 = [
    sample(20, { source_workload: 'shop', response_code: '502', response_flags: '-' }),
    sample(20, { source_workload: 'frontend', response_code: '503', response_flags: 'NC' }),
  ];
  expect(verdict({ Q1: badGateway, Q2 })).toBe("ended by the caller's proxy: calls of frontend, flag NC");
  const refusedConnection = [
    sample(1, { source_workload: 'frontend', response_code: '503', response_flags: 'URX,UF' }),
  ];
  expect(verdict({ Q2: refusedConnection })).toBe("ended by the caller's proxy: calls of frontend, flag UF");
});

test('403 is a policy, at the callee that has answered so, or that was asked', () => {
  const Q1 = [...badGateway, sample(20, { destination_workload: 'backend', response_code: '403' })];
  expect(verdict({ Q1 })).toBe('refused by policy: backend');
  const Q2 = [sample(20, { ...edges[1]?.labels, response_code: '403', response_flags: '-' })];
  expect(verdict({ Q1: badGateway, Q2 })).toBe('refused by policy: backend');
});

test('a pod fails if its siblings do not, and is not judged where it has none', () => {
  expect(verdict({ Q1: badGateway, Q3: byPod({ front: 1, b: 1 }) })).toBe('failing pod: b');
  expect(verdict({ Q1: badGateway, Q3: byPod({ front: 1, a: 0.6, b: 1 }) })).toBe('unexplained');
  expect(verdict({ Q1: badGateway, Q3: byPod({ front: 1 }) })).toBe('unexplained');
});

test('a pod is slow if it is much slower than its siblings', () => {
  expect(verdict({ Q4: byPod({ front: 900, a: 4, b: 8, c: 950 }) })).toBe('slow pod: c');
  expect(verdict({ Q4: byPod({ front: 900, a: 350, b: 300, c: 950 }) })).toBe('unexplained');
  expect(verdict({ Q4: byPod({ front: 900, a: Number.NaN, b: Number.NaN, c: 950 }) })).toBe('unexplained');
});

test('a caller that got answers and gets none any more has fallen silent', () => {
  const Q5 = [sample(20, edges[0]?.labels ?? {}), sample(0, edges[1]?.labels ?? {})];
  expect(verdict({ Q1: badGateway, Q5 })).toBe('caller fell silent: frontend → backend');
  expect(verdict({ Q1: badGateway })).toBe('unexplained');
});

test('the pods of a Service are read from all of its slices', () => {
  expect(readServicePods('backend a b\nfrontend front\nbackend c\nempty\n')).toEqual({
    backend: ['a', 'b', 'c'],
    frontend: ['front'],
    empty: [],
  });
});
