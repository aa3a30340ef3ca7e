import { expect, test } from 'vitest';

import { exampleCurriculum, exampleExerciseCard as card } from './examples.ts';
import { type ExerciseCard, exerciseCardFaults, needsCard } from './exercise-card.ts';

const folder = '01-foundation/01-names';

function faults(changed: object, where = folder): string[] {
  return exerciseCardFaults({ ...card, ...changed }, where, exampleCurriculum);
}

function without(field: keyof ExerciseCard): string[] {
  const left = Object.fromEntries(Object.entries(card).filter(([name]) => name !== field));
  return exerciseCardFaults(left as unknown as ExerciseCard, folder, exampleCurriculum);
}

test('a card that fits the curriculum has no faults', () => {
  expect(faults({})).toEqual([]);
});

test('what every exercise must say is missed, and what the text of this one has', () => {
  expect(without('solution')).toEqual(['solution: is missing']);
  expect(without('perspective')).toEqual(['perspective: is missing']);
  expect(without('discovered')).toEqual(['discovered: is missing']);
});

test('an answer of the platform team and what is said to it go together', () => {
  expect(without('counter')).toEqual(['counter: is missing']);
  expect(without('platformAnswer')).toEqual(['platformAnswer: is missing']);
});

test('where a course text has the words of the platform team, the card says where', () => {
  const words = { platformAnswer: { says: 'It always waits.' } };
  expect(faults(words)).toEqual([]);
  expect(faults({ ...words, id: 'm1.e2' })).toContain('platformAnswer: does not say where the text has it');
});

test('a field that no card has is a fault', () => {
  expect(faults({ impact: [] })).toEqual(['impact: is not known']);
});

test('what stands behind its sentences is judged', () => {
  expect(faults({ outcome: [{ says: 'Yes.' }] })).toEqual([
    'outcome[0]: “Yes.” cites nothing and is not labelled as opinion',
  ]);
});

test('a card lies in the folder of its exercise', () => {
  expect(faults({}, '01-foundation/02-names')).toEqual(['id: m1.e1 does not belong into 01-foundation/02-names']);
  expect(faults({}, '02-other/01-names')).toEqual(['id: m1.e1 is no numbered exercise of the module']);
});

test('questions are answered where the curriculum asks some', () => {
  expect(without('reflection')).toEqual(['reflection: the questions of m1.e1 are not answered']);
});

test('numbered exercises need a card; set-up, drills and clean-up do not', () => {
  expect(['m1.e1', 'm2.e10', 'm1.e0', 'm1.ts', 'm1.clean', 'm1.demo'].filter(needsCard)).toEqual(['m1.e1', 'm2.e10']);
});
