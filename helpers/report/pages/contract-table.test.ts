import { expect, test } from 'vitest';

import type { ContractResult } from '../../runs/contract-run.ts';
import { contractTableHtml } from './contract-table.ts';

const result = (name: string, state: ContractResult['state']): ContractResult => ({
  name,
  image: 'curl',
  expected: 'sh is <ash>',
  seen: 'exit 0',
  state,
  usedBy: ['m1.e4'],
});
const run = (...results: ContractResult[]) => ({
  startedAt: '2026-11-24T19:30:00.000Z',
  imageSource: 'upstream',
  results,
});

test('a broken contract comes first, and names the lessons that it puts in doubt', () => {
  const html = contractTableHtml(run(result('held', 'holds'), result('torn', 'broken')));
  expect(html.indexOf('torn')).toBeLessThan(html.indexOf('held'));
  expect(html).toContain('in doubt: m1.e4');
  expect(html).toContain('sh is &lt;ash&gt;');
});

test('where all hold it says so, and where nothing was asked there is nothing', () => {
  expect(contractTableHtml(run(result('held', 'holds')))).toContain('All 1 that were asked hold.');
  expect(contractTableHtml(run(result('held', 'holds'), result('away', 'not asked')))).toContain('hold; 1 not asked');
  expect(contractTableHtml(undefined)).toBe('');
});
