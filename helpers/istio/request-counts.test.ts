import { expect, test } from 'vitest';

import { countOf, is5xx, readRequestCounts, requestCountsQuery } from './request-counts.ts';

const result = [
  { metric: { reporter: 'source', response_code: '503', response_flags: 'UO' }, value: [1, '18'] },
  { metric: { reporter: 'source', response_code: '200', response_flags: '-' }, value: [1, '2'] },
  { metric: { reporter: 'destination', response_code: '0', response_flags: 'DC' }, value: [1, '3'] },
];

test('calls are counted by side, status and flag', () => {
  const counts = readRequestCounts(JSON.stringify({ data: { result } }));
  expect(countOf(counts, ({ reporter, flags }) => reporter === 'source' && flags === 'UO')).toBe(18);
  expect(countOf(counts, is5xx)).toBe(18);
  expect(countOf(counts, ({ code }) => code === '0')).toBe(3);
  expect(countOf(counts, ({ code }) => code === '504')).toBe(0);
});

test('each side is asked about its own workload', () => {
  const query = requestCountsQuery('shop', 'caller', 'backend');
  expect(query).toContain('reporter="source",source_workload="caller",source_workload_namespace="shop"');
  expect(query).toContain(
    'reporter="destination",destination_workload="backend",destination_workload_namespace="shop"',
  );
});
