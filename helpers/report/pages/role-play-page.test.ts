import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readCurriculum } from '../../curriculum/curriculum.ts';
import { exampleCards, exampleCurriculum, exampleRolePlay } from '../../curriculum/examples.ts';
import { readRolePlays } from '../../curriculum/role-plays.ts';
import { exampleCard, exampleExercise, exampleFacts } from '../../record/examples.ts';
import { projectRoot } from '../../system/paths.ts';
import { rolePlayPageHtml } from './role-play-page.ts';

const card = { ...exampleCard, proves: ['m1.e1.a1'] };

const page = (status?: string) =>
  rolePlayPageHtml(
    exampleRolePlay,
    exampleCurriculum,
    exampleCards,
    status === undefined
      ? undefined
      : {
          facts: exampleFacts,
          commit: 'e5f115c',
          only: '',
          leftovers: [],
          exercises: [{ ...exampleExercise, status, card }],
        },
  );
/** What a person reads of each sheet. */
const sheets = (html: string) =>
  html
    .split('<section')
    .slice(1)
    .map((sheet) => sheet.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '));

test('three sheets for paper, which load and run nothing', () => {
  expect(sheets(page('passed'))).toHaveLength(3);
  expect(page('passed')).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
  expect(page('passed')).toContain('You sit in a &lt;room&gt;.');
});

test('the adviser’s sheet has nothing of what the customer hides', () => {
  const [customer = '', adviser = '', afterwards = ''] = sheets(page('passed'));
  for (const hidden of [
    'It is one.',
    'Remember one.',
    'Names are slow.',
    'They resolve.',
    'It always waits.',
    'You smiled.',
  ]) {
    expect(customer).toContain(hidden);
    expect(adviser).not.toContain(hidden);
  }
  expect(adviser).toContain('Ask one?');
  expect(afterwards).toContain('“It always waits.” E1: It does not.');
  expect(afterwards).toContain('What did you promise?');
});

test('ids have the mark of the run, and what cannot be won says so', () => {
  const [customer = ''] = sheets(page('passed'));
  expect(customer).toContain('They resolve. ✓ m1.e1.a1');
  expect(customer).toContain('not taught yet m3.e3');
  expect(customer.match(/Cannot be won/g)).toHaveLength(1);
  expect(sheets(page('failed'))[0]?.match(/Cannot be won/g)).toHaveLength(5);
  expect(sheets(page('failed'))[0]).toContain('✕ m1.e1.a1');
  expect(customer).toContain('Marks are those of the run of 2026-11-21, k3s, commit e5f115c');
});

test('without a run nothing on it is proven, and it says so', () => {
  const [customer = ''] = sheets(page());
  expect(customer).toContain('nothing on this sheet is proven');
  expect(customer.match(/Cannot be won/g)).toHaveLength(5);
});

test('each role-play of the course has a page, and the Makefile has both ways to it', async () => {
  const curriculum = await readCurriculum();
  for (const each of await readRolePlays(curriculum)) {
    expect(rolePlayPageHtml(each, curriculum, exampleCards, undefined)).toContain(each.title);
  }
  const makefile = await readFile(join(projectRoot, 'Makefile'), 'utf8');
  expect(makefile).toMatch(/^role-play:/m);
  expect(makefile).toMatch(/^role-play-paper:/m);
});
