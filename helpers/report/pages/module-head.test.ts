import { expect, test } from 'vitest';

import type { CurriculumModule } from '../../curriculum/curriculum.ts';
import type { ModuleCard } from '../../curriculum/module-card.ts';
import type { AssertionResult } from '../../record/assertion-results.ts';
import { brokenLinks, moduleHeadHtml } from './module-head.ts';

const row = { kind: ['positive'], needs: [], requires: 'It answers.' } as const;
const module: CurriculumModule = {
  module: 'm1',
  title: 'Foundation',
  folder: '01-foundation',
  exercises: [
    {
      id: 'm1.e1',
      title: 'Basic networking',
      learn: '',
      needs: [],
      assertions: [
        { ...row, id: 'm1.e1.a1' },
        { ...row, id: 'm1.e1.a2' },
      ],
    },
  ],
};
const card: ModuleCard = {
  module: 'm1',
  persona: 'Sarah Martinez',
  role: 'architect',
  situation: 'Everything is <open>.',
  pressure: ['The board waits.'],
  needs: [{ need: 'Names', answer: 'They resolve.', provenBy: ['m1.e1.a1', 'm1.e1.a2'], later: ['m4.e6'] }],
  objections: [{ objection: 'Too hard?', answer: 'We think not.', opinion: true }],
  opinions: [{ title: 'When to wait', heads: ['Size'], rows: [['Small']] }],
  reflection: [{ exercise: 'm1.e1', questions: [{ question: 'Which?', answer: 'This one.', provenBy: ['m1.e1.a2'] }] }],
};

function proof(status: string, ids: readonly string[], reason = ''): AssertionResult {
  return { page: `page-${status}`, claim: `A Service ${status}`, status, reason, ids };
}

const both = proof('passed', ['m1.e1.a1', 'm1.e1.a2']);

test('an answer links once to the exercise that proves its ids', () => {
  const html = moduleHeadHtml({ ...card, reflection: [] }, module, [both]);
  expect(html.match(/href="#page-passed"/g)).toHaveLength(1);
  expect(html).toContain('A Service passed</a>');
  expect(html).toContain('m1.e1.a1, m1.e1.a2');
  expect(html).toContain('This run proves 2 of the 2 things');
});

test('a link to an id that nothing proves says so, and is broken', () => {
  const assertionResults = [proof('passed', ['m1.e1.a1'])];
  expect(moduleHeadHtml(card, module, assertionResults)).toContain('not proven in this run');
  expect(brokenLinks(card, assertionResults)).toEqual([
    { module: 'm1', to: 'Names', id: 'm1.e1.a2', reason: 'no exercise proves it yet' },
    { module: 'm1', to: 'Which?', id: 'm1.e1.a2', reason: 'no exercise proves it yet' },
  ]);
});

test('a link to an exercise that failed is broken, and still leads to its page', () => {
  const assertionResults = [both, proof('failed', ['m1.e1.a2'], 'no answer')];
  expect(brokenLinks(card, assertionResults).map(({ reason }) => reason)).toEqual(['no answer', 'no answer']);
  expect(moduleHeadHtml(card, module, assertionResults)).toContain('href="#page-failed"');
});

test('a skipped exercise is linked with its reason, and is not broken', () => {
  const assertionResults = [proof('skipped', ['m1.e1.a1', 'm1.e1.a2'], 'needs kiali')];
  expect(brokenLinks(card, assertionResults)).toEqual([]);
  expect(moduleHeadHtml(card, module, assertionResults)).toContain('needs kiali');
});

test('opinions are labelled, in answers and above tables', () => {
  const html = moduleHeadHtml({ ...card, needs: [], reflection: [] }, module, []);
  expect(html.match(/>opinion</g)).toHaveLength(2);
  expect(html).toMatch(/When to wait [^/]*>opinion</);
});

test('later exercises are named, and text is escaped', () => {
  const html = moduleHeadHtml(card, module, [both]);
  expect(html).toContain('taken up later in m4.e6');
  expect(html).toContain('Everything is &lt;open&gt;.');
  expect(html).toContain('Basic networking');
});
