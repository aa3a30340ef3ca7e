import { expect, test } from 'vitest';

import { readComparisons } from '../../curriculum/comparisons.ts';
import { assertionsOf, readCurriculum } from '../../curriculum/curriculum.ts';
import { exampleCurriculum } from '../../curriculum/examples.ts';
import { readValues } from '../../curriculum/values.ts';
import { comparisonsHtml, sortedClaims, valuesHtml } from './value-pages.ts';

const claim = { says: 'Names resolve & stay.', provenBy: ['m1.e1.a1', 'm1.e1.a2'] };
const value = {
  customer: 'Bank',
  persona: 'Sarah',
  promised: { says: 'Safety', seed: 'S0:61' },
  claims: [claim],
  notClaimed: [{ says: 'It is cheap.', opinion: true }],
};

function evidenceOf(...statuses: readonly string[]) {
  const { errata, sources } = exampleCurriculum;
  const assertionResults = statuses.map((status, index) => ({
    page: `page${index}`,
    claim: 'It answers',
    status,
    reason: 'why',
    ids: [`m1.e1.a${index + 1}`],
  }));
  return { assertionResults, errata, sources };
}

test('a claim is one only while every id of it is proven', () => {
  const sorted = (...statuses: string[]) => sortedClaims(value, evidenceOf(...statuses).assertionResults);
  expect(sorted('passed', 'passed')).toEqual({ proven: [claim], unproven: [] });
  for (const statuses of [['passed'], ['passed', 'failed'], ['skipped', 'passed'], []]) {
    expect(sorted(...statuses)).toEqual({ proven: [], unproven: [claim] });
  }
});

test('what is not proven is no claim, and the page says how many claims are left', () => {
  const parts = (html: string) => html.split('No claim: ');
  const [claimed = '', limits = ''] = parts(valuesHtml([value], evidenceOf('passed', 'passed')));
  expect(claimed).toContain('This run proves 1 of 1 claims.');
  expect(claimed).toContain('Names resolve &amp; stay.');
  expect(limits).not.toContain('Names');
  const [none = '', moved = ''] = parts(valuesHtml([value], evidenceOf('passed', 'failed')));
  expect(none).toContain('This run proves 0 of 1 claims.');
  expect(none).not.toContain('Names');
  expect(valuesHtml([value], evidenceOf(), false)).toContain('This run, a part of the course, proves 0 of 1 claims.');
  expect(moved).toMatch(/Names resolve.*not proven.*It is cheap\..*opinion/);
});

test('a comparison shows its source with the day on which it was read', () => {
  const notes = [{ says: 'It was said.', source: 'C1' }];
  const html = comparisonsHtml([{ beside: 'Paper', ask: 'Who?', notes }], evidenceOf());
  expect(html).toMatch(/It was said\..*C1: A page.*read on 2026-11-24/);
});

test('the pages of the course claim all where all is proven, and nothing where nothing was run', async () => {
  const curriculum = await readCurriculum();
  const [values, comparisons] = [await readValues(curriculum), await readComparisons(curriculum)];
  const { errata, sources } = curriculum;
  const ids = assertionsOf(curriculum).map(({ id }) => id);
  const result = { page: 'p', claim: 'All', status: 'passed', reason: '', ids };
  const all = values.reduce((sum, { claims }) => sum + claims.length, 0);
  const proven = { assertionResults: [result], errata, sources };
  expect(valuesHtml(values, proven)).toContain(`This run proves ${all} of ${all} claims.`);
  expect(valuesHtml(values, proven) + comparisonsHtml(comparisons, proven)).not.toContain('not proven in this run');
  const none = valuesHtml(values, { ...proven, assertionResults: [] });
  expect(none).toContain(`This run proves 0 of ${all} claims.`);
  expect(none).not.toMatch(/>Claim</);
  const cited = comparisons.flatMap(({ notes }) =>
    notes.flatMap(({ source }) => (source === undefined ? [] : [source])),
  );
  const page = comparisonsHtml(comparisons, proven);
  expect(cited.filter((source) => !page.includes(`${source}: `))).toEqual([]);
});
