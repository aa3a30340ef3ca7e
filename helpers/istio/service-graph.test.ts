import { expect, test } from 'vitest';

import { edgesOf, graphQuery } from './service-graph.ts';

const labels = {
  source_workload: 'frontend',
  source_workload_namespace: 'bank',
  destination_workload: 'backend',
  destination_workload_namespace: 'bank',
  connection_security_policy: 'mutual_tls',
};

test('answers of all codes between two workloads are one edge with its share of errors', () => {
  const edges = edgesOf([
    { labels: { ...labels, response_code: '200' }, value: 3 },
    { labels: { ...labels, response_code: '403' }, value: 1 },
  ]);
  expect(edges).toEqual([
    {
      from: { name: 'frontend', namespace: 'bank' },
      to: { name: 'backend', namespace: 'bank' },
      perSecond: 4,
      errorShare: 0.25,
      mutualTls: true,
    },
  ]);
});

test('a caller without a certificate is an edge of its own, and it is not locked', () => {
  const plain = {
    ...labels,
    source_workload: 'unknown',
    source_workload_namespace: '',
    connection_security_policy: 'none',
  };
  const edges = edgesOf([
    { labels: { ...labels, response_code: '200' }, value: 1 },
    { labels: { ...plain, response_code: '200' }, value: 2 },
  ]);
  expect(edges.map(({ from, mutualTls }) => [from.name, mutualTls])).toEqual([
    ['unknown', false],
    ['frontend', true],
  ]);
});

test('the query asks for the called side only, in one namespace if one is named', () => {
  expect(graphQuery('1m', 'bank')).toContain('{reporter="destination",destination_workload_namespace="bank"}[1m]');
});
