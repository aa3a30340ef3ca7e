import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { exampleCalls, exampleKinds } from './examples.ts';
import { answerLines, customersCalls, kindLines, queryLines, runbookLines } from './incident-lines.ts';

const plain = (lines: readonly string[]) => stripVTControlCharacters(lines.join('\n'));

test('calls of a customer are told by their endings, with the slowest', () => {
  expect(customersCalls(exampleCalls)).toBe(
    'Of 60 calls: 41 × 200, 19 × 502; the slowest took 0.81 s, the mean 0.03 s.',
  );
  expect(customersCalls({ ...exampleCalls, codes: { '-1': 60 } })).toContain('60 × no answer');
});

test('kinds stand with the numbers to type', () => {
  expect(plain(kindLines(exampleKinds, 100))).toMatch(/^KINDS +1 slow pod: a pod is slow\n +2 failing pod/);
});

test('what a query finds has its unit, and names without what all have in common', () => {
  const labels = { question: 'Q2', source_workload: 'shop', destination_service: 'frontend.drill.svc.cluster.local' };
  expect(plain(answerLines('Q2', [{ labels, value: 19.96 }], 'drill'))).toBe(
    '      source_workload=shop destination_service=frontend: 20.0 calls a second',
  );
  expect(plain(answerLines('Q3', [{ labels: { pod: 'a' }, value: 0.667 }], 'drill'))).toBe('      pod=a: 67 %');
  expect(plain(answerLines('Q4', [{ labels: { pod: 'a' }, value: Number.NaN }], 'drill'))).toBe(
    '      pod=a: no calls',
  );
  expect(plain(answerLines('Q1', [], 'drill'))).toBe('      nothing');
});

test('a query stands with the command that asks it', () => {
  const lines = plain(queryLines({ question: 'Q1', asks: 'Who fails?', promql: 'up{namespace="drill"}' }, 100));
  expect(lines).toMatch(/^Q1 +Who fails\?\n +up\{namespace="drill"\}\n +\$ kubectl get --raw '.*query=up%7Bnamespace/);
});

test('the runbook has all five, each with what it finds', () => {
  const text = plain(
    runbookLines({ Q1: [], Q2: [], Q3: [], Q4: [{ labels: { pod: 'a' }, value: 7 }], Q5: [] }, 'drill', 100),
  );
  expect(text.match(/^Q\d/gm)).toEqual(['Q1', 'Q2', 'Q3', 'Q4', 'Q5']);
  expect(text).toContain('pod=a: 7 ms');
});
