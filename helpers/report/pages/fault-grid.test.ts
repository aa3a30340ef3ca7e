import { expect, test } from 'vitest';

import { faultGridHtml } from './fault-grid.ts';

const cell = {
  lesson: '01.04 blocks',
  fault: 'dns-down',
  demanded: 'red',
  injected: true,
  seconds: 9,
  reason: 'name <not> resolved',
} as const;
const run = {
  faults: [{ name: 'dns-down', says: 'the cluster had no name service', startedAt: '2026-01-02T03:04:05Z' }],
  cells: [{ ...cell, state: 'failed', right: true }],
} as const;

test('a lesson that is red on broken ground is shown with what it said, escaped', () => {
  const html = faultGridHtml(run);
  expect(html).toContain('red, as it must be (9 s)');
  expect(html).toContain('name &lt;not&gt; resolved');
  expect(html).toContain('2026-01-02 03:04 UTC');
});

test('a lesson that is green on broken ground is marked as wrong', () => {
  expect(faultGridHtml({ ...run, cells: [{ ...cell, state: 'passed', right: false }] })).toContain('✕ WRONG: passed');
});

test('without such a run there is nothing to show', () => {
  expect(faultGridHtml(undefined)).toBe('');
});
