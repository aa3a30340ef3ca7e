import { expect, test } from 'vitest';

import { exampleCards, exampleCurriculum } from '../curriculum/examples.ts';
import { standingOf } from '../curriculum/standing.ts';
import { exampleExercise } from '../record/examples.ts';
import { explainable } from './explainable.ts';

const card = {
  persona: 'Sarah Martinez',
  question: '',
  proof: 'It was asked twice.',
  takeaway: '',
  needs: [],
  proves: ['m1.e1.a1'],
  readMore: '',
} as const;

const course = {
  curriculum: exampleCurriculum,
  cards: exampleCards,
  stands: (id: string) => standingOf(id, exampleCurriculum, exampleCards, []),
  exercises: [{ ...exampleExercise, claim: 'A name resolves', status: 'failed', card }],
};
const comparedIn = (id: string) =>
  Object.fromEntries(explainable(id, course).compare.map(({ title, lines }) => [title, lines]));

test('an exercise is compared with its proofs, its card and what is told wrong; its page gives nothing away before', () => {
  expect(explainable('m1.e1', course)).toMatchObject({
    id: 'm1.e1',
    title: 'Names',
    about: 'Who is it? Ask for a name.',
  });
  const compared = comparedIn('m1.e1');
  expect(compared['Why each claim is proven, by its own words']).toEqual([
    'A name resolves (failed): It was asked twice.',
  ]);
  expect(compared['What came out, and what is said to it']).toContain('Names resolve. [✕\u00a0m1.e1.a1]');
  expect(compared['What was found']).toContain('Names are good. [opinion]');
});

test('an assertion means its exercise', () => {
  expect(explainable('M1.e1.a2', course).id).toBe('m1.e1');
});

test('a module is compared with its takeaways and its objections', () => {
  expect(explainable('m1', course).questions[0]).toContain('What does Sarah Martinez get from it');
  expect(comparedIn('m1')['Objections, and the course’s answers']).toEqual(['Too hard? We think not. [E1, opinion]']);
});

test('what is neither is answered with what is', () => {
  expect(() => explainable(undefined, course)).toThrow('explain needs an exercise or a module');
  expect(() => explainable('m9.e1', course)).toThrow('ID=m9.e1 is no exercise and no module');
  expect(() => explainable('m1.e1x', course)).toThrow('ID=m1.e1x is no exercise and no module');
});
