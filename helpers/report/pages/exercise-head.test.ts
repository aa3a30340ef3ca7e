import { expect, test } from 'vitest';

import { exampleCurriculum, exampleExerciseCard as card } from '../../curriculum/examples.ts';
import { exerciseHeadHtml } from './exercise-head.ts';

const { errata, sources } = exampleCurriculum;
const passed = { page: 'page', claim: 'A Service', status: 'passed', reason: '', ids: ['m1.e1.a1', 'm1.e1.a2'] };
const evidence = { assertionResults: [passed], errata, sources };

test('challenge, solution and outcome come first, then what is said about it', () => {
  const headings = [...exerciseHeadHtml(card, 'Sarah', evidence).matchAll(/<h3[^>]*>([^<]*)/g)].map(([, text]) => text);
  expect(headings).toEqual([
    'Challenge',
    'Solution',
    'Outcome',
    'What the platform team answers',
    'What to say to it',
    'What Sarah takes from it',
    'What was found',
    'Questions to ask yourself',
    'Now you',
  ]);
});

test('the other side and the persona are quoted, and the persona’s words have something behind them', () => {
  const html = exerciseHeadHtml(card, 'Sarah', evidence);
  expect(html).toContain('“It always waits.”<br>');
  expect(html).toMatch(/“I have names\.”.*— Sarah.*✓ proven/);
});

test('text is escaped', () => {
  expect(exerciseHeadHtml({ ...card, challenge: 'Is <it> so?' }, 'Sarah', evidence)).toContain('Is &lt;it&gt; so?');
});
