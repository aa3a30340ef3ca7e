import { expect, test } from 'vitest';

import { countedSince, is5xx, readRequestCounts, requestCountsQuery } from './request-counts.ts';

const answerOf = (
  ...counts: readonly (readonly [pod: string, reporter: string, code: string, flags: string, n: number])[]
) =>
  readRequestCounts(
    JSON.stringify({
      data: {
        result: counts.map(([pod, reporter, code, flags, n]) => ({
          metric: { pod, reporter, response_code: code, response_flags: flags },
          value: [1, String(n)],
        })),
      },
    }),
  );

test('calls between two readings are counted by side, status and flag', () => {
  const before = answerOf(['caller-1', 'source', '200', '-', 2]);
  const now = answerOf(
    ['caller-1', 'source', '503', 'UO', 18],
    ['caller-1', 'source', '200', '-', 5],
    ['backend-1', 'destination', '0', 'DC', 3],
  );
  const since = (holds: Parameters<typeof countedSince>[2]) => countedSince(before, now, holds);
  expect(since(({ reporter, flags }) => reporter === 'source' && flags === 'UO')).toBe(18);
  expect(since(is5xx)).toBe(18);
  expect(since(({ code }) => code === '200')).toBe(3);
  expect(since(({ code }) => code === '0')).toBe(3);
  expect(since(({ code }) => code === '504')).toBe(0);
});

test('a pod that is gone takes nothing away from what others have counted', () => {
  const before = answerOf(['backend-1', 'destination', '503', '-', 5], ['sick', 'destination', '503', 'UC', 3]);
  const now = answerOf(['backend-1', 'destination', '503', '-', 6]);
  expect(countedSince(before, now, is5xx)).toBe(1);
});

test('each side is asked about its own workload', () => {
  const query = requestCountsQuery('shop', 'caller', 'backend');
  expect(query).toContain('reporter="source",source_workload="caller",source_workload_namespace="shop"');
  expect(query).toContain(
    'reporter="destination",destination_workload="backend",destination_workload_namespace="shop"',
  );
});
