import { expect, test } from 'vitest';

import { exampleCurriculum } from '../../curriculum/examples.ts';
import type { Backing } from '../../curriculum/statement.ts';
import type { AssertionResult } from '../../record/assertion-results.ts';
import { backingHtml, brokenLinks, type Evidence, statementsHtml, wordsHtml } from './backing.ts';

function proof(status: string, ids: readonly string[], reason = ''): AssertionResult {
  return { page: `page-${status}`, claim: `A Service ${status}`, status, reason, ids };
}

function evidenceOf(...assertionResults: AssertionResult[]): Evidence {
  const { errata, sources } = exampleCurriculum;
  return { assertionResults, errata, sources };
}

const ids = ['m1.e1.a1', 'm1.e1.a2'];
const html = (backing: Backing, ...results: AssertionResult[]) => backingHtml(backing, evidenceOf(...results));
const broken = (...results: AssertionResult[]) =>
  brokenLinks([{ field: 'needs[0]', words: 'Names', backing: { provenBy: ids } }], results);

test('an exercise that proves several ids is linked once, with its claim', () => {
  const shown = html({ provenBy: ids }, proof('passed', ids));
  expect(shown.match(/href="#page-passed"/g)).toHaveLength(1);
  expect(shown).toContain('✓ proven');
  expect(shown).toContain('A Service passed</a>');
  expect(shown).toContain('m1.e1.a1, m1.e1.a2');
});

test('what nothing proves is shown as not proven, and is broken', () => {
  expect(html({ provenBy: ids }, proof('passed', ['m1.e1.a1']))).toContain('✕ not proven in this run');
  expect(broken(proof('passed', ['m1.e1.a1']))).toEqual([
    { to: 'Names', id: 'm1.e1.a2', reason: 'no exercise proves it yet' },
  ]);
});

test('an exercise that failed breaks what cites it, and is linked', () => {
  const results = [proof('passed', ids), proof('failed', ['m1.e1.a2'], 'no answer')];
  expect(broken(...results).map(({ reason }) => reason)).toEqual(['no answer']);
  expect(html({ provenBy: ids }, ...results)).toContain('href="#page-failed"');
});

test('an exercise that was skipped is shown with its reason, and breaks nothing', () => {
  const skipped = proof('skipped', ids, 'needs kiali');
  expect(html({ provenBy: ids }, skipped)).toMatch(/– skipped.*needs kiali/);
  expect(broken(skipped)).toEqual([]);
});

test('opinions, later exercises and sources are named as what they are', () => {
  expect(html({ opinion: true, later: ['m4.e6'] })).toMatch(/>opinion<.*taken up later in m4\.e6/);
  expect(html({ source: 'C1' })).toMatch(/href="https:\/\/example\.org\/page">C1: A page<.*read on 2026-11-24/);
});

test('an erratum is told under the words, and is what stands behind them where nothing else does', () => {
  expect(wordsHtml('It <never> does.', { errata: ['E1'] }, evidenceOf())).toMatch(
    /It &lt;never&gt; does\..*E1: the text says <i>“It always waits\.”<\/i> In truth: It does not\./,
  );
  expect(html({ errata: ['E1'] })).toMatch(/E1.*known behaviour/);
  expect(html({ errata: ['E1'], opinion: true })).not.toContain('E1');
});

test('a claim of no course text is told as what it is', () => {
  const [erratum] = exampleCurriculum.errata;
  const told = (toldBy: string) => ({ ...evidenceOf(), errata: [{ ...erratum!, toldBy }] });
  expect(wordsHtml('No.', { errata: ['E1'] }, told('many'))).toContain('E1: it is often said <i>“It always waits.”');
  expect(wordsHtml('No.', { errata: ['E1'] }, told('C1'))).toMatch(/E1: <a href="[^"]*">C1: A page<\/a> says <i>“It/);
});

test('the source of an erratum is named once', () => {
  const erratum = { id: 'E1', evidence: ['reading' as const], claim: 'It waits.', truth: 'No.', source: 'C1' };
  const evidence = { ...evidenceOf(), errata: [erratum] };
  expect(wordsHtml('No.', { errata: ['E1'] }, evidence)).toContain('C1: A page');
  expect(wordsHtml('No.', { errata: ['E1'], source: 'C1' }, evidence)).not.toContain('C1: A page');
});

test('a table of statements has what stands behind each', () => {
  expect(statementsHtml('Answer', [{ says: 'Yes.', opinion: true }], evidenceOf())).toMatch(/Answer.*Yes\..*>opinion</);
  expect(statementsHtml('Answer', [], evidenceOf())).toBe('');
});
