import { expect, test } from 'vitest';

import { incidentQueries, incidentQuery, questions, readIncident } from './incident-queries.ts';

test('there are five queries, each about the namespace, and none names a component', () => {
  const queries = incidentQueries('shop');
  expect(queries.map(({ question }) => question)).toEqual(questions);
  expect(queries.every(({ promql }) => promql.includes('namespace="shop"') && promql.includes('[15s]'))).toBe(true);
  expect(queries.some(({ promql }) => /(workload|service|pod)="/.test(promql))).toBe(false);
});

test('asked at once, each answer says which question it is to', () => {
  expect(incidentQuery('shop').match(/label_replace\(.*?"question", "Q\d", "", ""\)/g)).toHaveLength(5);
  const result = [
    { metric: { question: 'Q2', source_workload: 'frontend', response_flags: 'NC' }, value: [1, '4.5'] },
    { metric: { question: 'Q3', pod: 'backend-a' }, value: [1, 'NaN'] },
  ];
  const { Q1, Q2, Q3 } = readIncident(JSON.stringify({ data: { result } }));
  expect(Q1).toEqual([]);
  expect(Q2).toMatchObject([{ labels: { source_workload: 'frontend' }, value: 4.5 }]);
  expect(Q3).toMatchObject([{ labels: { pod: 'backend-a' }, value: Number.NaN }]);
});
