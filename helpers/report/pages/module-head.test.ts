import { expect, test } from 'vitest';

import {
  exampleCurriculum,
  exampleExerciseCard,
  exampleModule as module,
  exampleModuleCard as card,
} from '../../curriculum/examples.ts';
import { exampleRolePlay } from '../../curriculum/examples.ts';
import { moduleHeadHtml } from './module-head.ts';

const { errata, sources } = exampleCurriculum;
const cards = { modules: [card], exercises: [{ ...exampleExerciseCard, folder: '01-foundation/01-names' }] };

function head(...ids: string[]): string {
  const assertionResults = [{ page: 'page', claim: 'A Service', status: 'passed', reason: '', ids }];
  return moduleHeadHtml(card, module, cards, { assertionResults, errata, sources });
}

test('the page says how much of the module the run proves, questions included', () => {
  expect(head('m1.e1.a1', 'm1.e1.a2')).toContain('This run proves 3 of the 3 things');
  expect(head('m1.e1.a1')).toContain('This run proves 1 of the 3 things');
});

test('where there is a talk to be practised, the page has how it begins, and nothing that it hides', () => {
  const evidence = { assertionResults: [], errata, sources };
  const html = moduleHeadHtml(card, module, cards, evidence, { rolePlay: exampleRolePlay });
  expect(html).toMatch(/Practise it[^]*“I have names already\.”[^]*make role-play SCENARIO=names/);
  expect(html).not.toContain('Names are slow.');
  expect(head()).not.toContain('Practise it');
});

test('a page that was made from the run is a link there', () => {
  const made = [{ folder: '01-foundation/01-names', title: 'What it <costs>', page: 'p1' }];
  const html = moduleHeadHtml(card, module, cards, { assertionResults: [], errata, sources }, { made });
  expect(html).toContain('<a href="#p1">What it &lt;costs&gt;</a>');
  expect(head()).not.toContain('Made from the results');
});

test('it has a part for each part of the card, with what stands behind', () => {
  const html = head('m1.e1.a1', 'm1.e1.a2');
  for (const part of [
    'Impact on the business',
    'What Sarah Martinez needs',
    'What to say to',
    'Objections',
    'how it',
  ]) {
    expect(html).toContain(part);
  }
  expect(html).toMatch(/Show with it.*✓ proven/);
  expect(html).toMatch(/One name<br>.*✓ proven/);
});

test('an objection prints what the text says, and what is true, under the answer', () => {
  expect(head()).toMatch(/We think not\.<div[^>]*>E1: the text says <i>“It always waits\.”/);
});

test('a table of judgements is labelled as opinion, and text is escaped', () => {
  expect(head()).toMatch(/When to stop [^/]*>opinion</);
  expect(head()).toContain('Everything is &lt;open&gt;.');
});
