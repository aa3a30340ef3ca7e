import { expect, test } from 'vitest';

import { type Cards, citedFor, statementsOf } from './cards.ts';
import { exampleCurriculum, exampleExerciseCard, exampleIndex, exampleModuleCard } from './examples.ts';

const cards: Cards = {
  modules: [exampleModuleCard],
  exercises: [
    { ...exampleExerciseCard, folder: '01-foundation/01-names' },
    {
      ...exampleExerciseCard,
      id: 'm1.e10',
      folder: '01-foundation/10-more',
      reflection: [{ question: 'Why?', answer: 'So.', provenBy: ['m1.e1.a1'] }],
    },
  ],
};

test('questions rest on what their own exercise cites, objections on what all of them cite', () => {
  expect(citedFor('m1.e1.rq', 'reflection', cards)).toEqual(['m1.e1.a2']);
  expect(citedFor('m1.e10.rq', 'reflection', cards)).toEqual(['m1.e1.a1']);
  const objections = [{ objection: 'Slow?', answer: 'No.', provenBy: ['m1.e1.a1'] }];
  expect(citedFor('m1.demo.a1', 'objections', { ...cards, modules: [{ ...exampleModuleCard, objections }] })).toEqual([
    'm1.e1.a1',
  ]);
  expect(citedFor('m2.demo.a1', 'objections', cards)).toEqual([]);
});

test('the troubleshooting index rests on all that it cites', () => {
  expect(citedFor('m1.ts.a1', 'troubleshooting', { ...cards, troubleshooting: exampleIndex })).toEqual(['m1.e1.a1']);
  expect(citedFor('m1.ts.a1', 'troubleshooting', cards)).toEqual([]);
});

test('every sentence comes with the file that has it', () => {
  const statements = statementsOf(exampleCurriculum, cards);
  expect(statements.find(({ told }) => told.field === 'objections[0]')).toMatchObject({
    of: 'm1',
    path: '01-foundation/module.yaml',
    told: { words: 'Too hard?' },
  });
  expect(statements.filter(({ told }) => told.field === 'counter[0]').map(({ path }) => path)).toEqual([
    '01-foundation/01-names/exercise.yaml',
    '01-foundation/10-more/exercise.yaml',
  ]);
});
