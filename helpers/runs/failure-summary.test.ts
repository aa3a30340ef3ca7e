import { expect, test } from 'vitest';

import { failureSummary } from './failure-summary.ts';

test('a failure is told with its beginning and with what runs it again, other exercises are not', () => {
  const message = ['It does not hold:', '', ...Array.from({ length: 20 }, (_, index) => `line ${index}`)].join('\n');
  const exercises = [
    { path: '01/good', status: 'passed', message: '' },
    { path: '01/bad', status: 'broken', message },
    { path: '01/lacking', status: 'skipped', message: 'needs Kiali' },
  ] as const;
  const told = failureSummary(exercises, 'make course');
  expect(told).toMatch(/^\n✕ 01\/bad\n {2}It does not hold:\n {2}line 0\n/);
  expect(told).toMatch(/\n {2}line 10\n {2}once more: make course ONLY=01\/bad\n$/);
  expect(failureSummary(exercises, 'make prove-red')).toContain('once more: make prove-red ONLY=01/bad');
});

test('a run without a failure has nothing to tell', () => {
  expect(failureSummary([{ path: '01/good', status: 'passed', message: '' }], 'make course')).toBe('');
});
