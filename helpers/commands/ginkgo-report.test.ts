import { expect, test } from 'vitest';

import { specResults } from './ginkgo-report.ts';

const spec = (title: string, State: string, more: object = {}) => ({
  ContainerHierarchyTexts: ['[sig-network] Netpol'],
  LeafNodeType: 'It',
  LeafNodeText: title,
  State,
  NumAttempts: 1,
  RunTime: 2_000_000_000,
  ...more,
});

const report = (...SpecReports: object[]) => JSON.stringify([{ SpecReports }]);

test('a spec that was not selected is left out', () => {
  const results = specResults(report(spec('denies', 'passed'), spec('mounts', 'skipped', { NumAttempts: 0 })));
  expect(results).toEqual([{ title: '[sig-network] Netpol denies', outcome: 'passed', seconds: 2, reason: '' }]);
});

test('a spec that skips itself is kept, with the reason it gives', () => {
  const [result] = specResults(report(spec('denies', 'skipped', { Failure: { Message: 'needs two nodes' } })));
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'needs two nodes' });
});

test.each(['failed', 'panicked', 'timedout', 'interrupted', 'aborted'])('%s counts as failed', (State) => {
  expect(specResults(report(spec('denies', State)))).toMatchObject([{ outcome: 'failed', reason: State }]);
});

test('a step around the suite is a result only if it failed', () => {
  const around = (State: string) =>
    spec('', State, { LeafNodeType: 'SynchronizedBeforeSuite', ContainerHierarchyTexts: null });
  const results = specResults(report(around('passed'), around('failed')));
  expect(results).toMatchObject([{ title: 'SynchronizedBeforeSuite', outcome: 'failed' }]);
});

test('a report of nothing has no results', () => {
  expect(specResults('[{"SpecReports":null}]')).toEqual([]);
});
