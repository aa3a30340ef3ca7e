import { expect, test } from 'vitest';

import { exampleCurriculum } from '../../curriculum/examples.ts';
import { customerWith, groupNamed } from '../../decision/examples.ts';
import { citedIds } from '../../decision/record.ts';
import { nothingShown, supposing } from '../../decision/shown.ts';
import { recordsHtml, sheetsHtml } from './decision-html.ts';

const { errata, sources } = exampleCurriculum;
const customer = customerWith(groupNamed('<Data>'));
const run = (passed: readonly string[], failed: readonly string[] = []) => {
  const shown = supposing(passed, failed);
  const results = shown.results.map((each) => ({ ...each, page: `page-${each.claim}` }));
  return { shown: { ...shown, results }, evidence: { assertionResults: results, errata, sources } };
};
const nothing = { assertionResults: [], errata, sources };

test('each line of the record leads to the exercise that proves it', () => {
  const { shown, evidence } = run(citedIds(customer));
  const html = recordsHtml([customer], shown, evidence);
  for (const id of citedIds(customer)) expect(html).toContain(`<a href="#page-${id}">`);
  expect(html).toContain('<b>ambient at layer 4</b>');
  expect(html).not.toContain('not shown in this run');
  expect(html).toMatch(/Skills of the teams.*>opinion</);
});

test('what the run has not shown says so, and leaves the group open', () => {
  const { shown, evidence } = run([], ['m3.e1.a1']);
  const html = recordsHtml([customer], shown, evidence);
  expect(html).toContain('<b>not shown in this run</b>');
  expect(html).toContain('<b>open</b>');
  expect(html).toMatch(/✕ not proven<\/b> <a href="#page-m3\.e1\.a1">/);
});

test('the sheet has both data planes, and what stands behind each thing that they cannot do', () => {
  const html = sheetsHtml([customer], nothingShown, nothing);
  expect(html).toMatch(/Processor asked for.*10,000m.*3,000m/);
  expect(html).toContain('What ambient at layer 4 cannot do');
  expect(html).toMatch(/Join without a restart.*not proven in this run.*m3\.e1\.a2/);
});

test('what a customer has written is escaped', () => {
  const { shown, evidence } = run([]);
  expect(`${recordsHtml([customer], shown, evidence)}${sheetsHtml([customer], shown, evidence)}`).not.toContain(
    '<Data>',
  );
});
