import { expect, test } from 'vitest';

import type { Curriculum } from './curriculum.ts';
import { citedFor, type ModuleCard, moduleCardFaults } from './module-card.ts';

const row = { kind: ['positive'], needs: [], requires: 'It answers.' } as const;
const curriculum: Curriculum = {
  modules: [
    {
      module: 'm1',
      title: 'Foundation',
      folder: '01-foundation',
      exercises: [
        {
          id: 'm1.e1',
          title: 'Names',
          learn: 'Names resolve.',
          needs: [],
          assertions: [
            { ...row, id: 'm1.e1.a1' },
            { ...row, id: 'm1.e1.rq', follows: 'reflection' },
          ],
        },
      ],
    },
  ],
  errata: [],
};
const card: ModuleCard = {
  module: 'm1',
  persona: 'Sarah Martinez',
  role: 'architect',
  situation: 'Everything is open.',
  pressure: [],
  needs: [{ need: 'Names', answer: 'They resolve.', provenBy: ['m1.e1.a1'], later: ['m4.e6'] }],
  objections: [{ objection: 'Too hard.', answer: 'It is not.', opinion: true }],
  opinions: [],
  reflection: [
    { exercise: 'm1.e1', questions: [{ question: 'Which name?', answer: 'This.', provenBy: ['m1.e1.a1'] }] },
  ],
};

test('a card whose answers are proven, or labelled as opinion, has no faults', () => {
  expect(moduleCardFaults(card, curriculum)).toEqual([]);
});

test('an answer may not cite what no exercise can assert', () => {
  const needs = [{ need: 'Names', answer: 'Yes.', provenBy: ['m1.e1.rq', 'm1.e9.a1'] }];
  expect(moduleCardFaults({ ...card, needs }, curriculum)).toEqual([
    '“Names” cites m1.e1.rq, which no exercise can assert',
    '“Names” cites m1.e9.a1, which no exercise can assert',
  ]);
});

test('an answer without a result must say that it is an opinion, and one with a result may not', () => {
  const objections = [
    { objection: 'Slow?', answer: 'No.' },
    { objection: 'Dear?', answer: 'No.', opinion: true, provenBy: ['m1.e1.a1'] },
  ];
  expect(moduleCardFaults({ ...card, objections }, curriculum)).toEqual([
    '“Slow?” cites nothing and is not labelled as opinion',
    '“Dear?” is labelled as opinion and cites results',
  ]);
});

test('nothing that this curriculum holds can be put off to later', () => {
  const objections = [{ objection: 'Slow?', answer: 'No.', opinion: true, later: ['m1.e1'] }];
  expect(moduleCardFaults({ ...card, objections }, curriculum)).toEqual(['“Slow?” puts m1.e1 off, which is not later']);
});

test('an exercise whose questions are not answered is a fault', () => {
  expect(moduleCardFaults({ ...card, reflection: [] }, curriculum)).toEqual(['m1.e1: its questions are not answered']);
});

test('questions rest on what their own exercise cites, objections on what all of them cite', () => {
  const reflection = [
    ...card.reflection,
    { exercise: 'm1.e10', questions: [{ question: 'Why?', answer: 'So.', provenBy: ['m1.e2.a1'] }] },
  ];
  expect(citedFor('m1.e1.rq', 'reflection', { ...card, reflection })).toEqual(['m1.e1.a1']);
  expect(citedFor('m1.e10.rq', 'reflection', { ...card, reflection })).toEqual(['m1.e2.a1']);
  expect(citedFor('m1.demo.a1', 'objections', card)).toEqual([]);
});
