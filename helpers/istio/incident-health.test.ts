import { expect, test } from 'vitest';

import { isWell } from './incident-health.ts';

const edge = (caller: string, value: number) => ({
  labels: { source_workload: caller, destination_service: 'next' },
  value,
});
const answers = { Q1: [], Q2: [], Q3: [], Q4: [], Q5: [edge('shop', 20), edge('frontend', 19)] };

test('all is well if no query finds anything, and every edge carries calls', () => {
  expect(isWell(answers, {}, 2)).toBe(true);
  expect(isWell(answers, {}, 3)).toBe(false);
  expect(isWell({ ...answers, Q5: [edge('shop', 20), edge('frontend', 1)] }, {}, 2)).toBe(false);
});

test('what a query has found is not well, however many calls are made', () => {
  const refused = { labels: { destination_workload: 'backend', response_code: '403' }, value: 20 };
  expect(isWell({ ...answers, Q1: [refused] }, {}, 2)).toBe(false);
});
