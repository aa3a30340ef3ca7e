import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { exampleCard, exampleExercise, exampleFacts } from '../../record/examples.ts';
import { pageId } from '../../record/results.ts';
import { writeDecisionPages } from './decision-pages.ts';

let draft = '';
beforeEach(async () => {
  draft = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterEach(async () => rm(draft, { recursive: true }));

function runOf(path: string) {
  const card = { ...exampleCard, proves: ['m3.e1.a1'] };
  const exercises = [{ ...exampleExercise, path, status: 'passed', page: 'joins', card }];
  return { facts: exampleFacts, commit: '', only: '', exercises, leftovers: [] };
}

test('a run of another module has neither page', async () => {
  expect(await writeDecisionPages(runOf('01-foundation/01-a/01-b'), draft)).toEqual([]);
  expect(await readdir(draft)).toEqual([]);
});

test('a run of the module has the record and the sheet, which link to what it has proven', async () => {
  const pages = await writeDecisionPages(runOf('03-sidecar-vs-ambient/01-enrolment/01-joins'), draft);
  expect(pages.map(({ page }) => page)).toEqual([pageId('00-decision-record'), pageId('00-sidecars-and-ambient')]);
  const read = async (id: string) =>
    JSON.parse(await readFile(join(draft, `${id}-result.json`), 'utf8')) as { status: string; descriptionHtml: string };
  const record = await read('00-decision-record');
  expect(record.status).toBe('passed');
  expect(record.descriptionHtml).toContain('<a href="#joins">');
  for (const company of ['MegaBank', 'RapidScale', 'Meridian Retail', 'Oldbridge Mutual', 'Tidewave']) {
    expect(record.descriptionHtml).toContain(company);
    expect((await read('00-sidecars-and-ambient')).descriptionHtml).toContain(company);
  }
});
