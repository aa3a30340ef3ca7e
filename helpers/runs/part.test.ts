import { expect, test } from 'vitest';

import { exampleCard, exampleExercise, exampleFacts } from '../record/examples.ts';
import { asFarAsItProves } from './part.ts';

const specs = [
  { path: 'one', proves: ['m1.e1.a1', 'm1.e1.a2'] },
  { path: 'two', proves: ['m1.e1.a2'] },
];
const run = (only: string, ...exercises: readonly (readonly [path: string, status: string])[]) => ({
  facts: exampleFacts,
  commit: '',
  only,
  leftovers: [],
  exercises: exercises.map(([path, status]) => {
    const card = Object.assign({}, exampleCard, { proves: specs.find((spec) => spec.path === path)?.proves ?? [] });
    return Object.assign({}, exampleExercise, { path, status, card });
  }),
});
const proves = (...args: Parameters<typeof run>) =>
  asFarAsItProves(run(...args), specs).exercises.map(({ card }) => card?.proves);

test('a part that has not all of what proves an assertion does not prove it, and may refute it', () => {
  expect(proves('one', ['one', 'passed'])).toEqual([['m1.e1.a1']]);
  expect(proves('one', ['one', 'failed'])).toEqual([['m1.e1.a1', 'm1.e1.a2']]);
});

test('a part that has all of it, and the whole course, prove it', () => {
  expect(proves('m1', ['one', 'passed'], ['two', 'passed'])).toEqual([['m1.e1.a1', 'm1.e1.a2'], ['m1.e1.a2']]);
  expect(proves('', ['one', 'passed'])).toEqual([['m1.e1.a1', 'm1.e1.a2']]);
});

test('an exercise that ended before it told what it proves has not proven its share', () => {
  const part = run('m1', ['one', 'passed'], ['two', 'broken']);
  const exercises = part.exercises.map((each) => (each.path === 'two' ? { ...each, card: undefined } : each));
  expect(asFarAsItProves({ ...part, exercises }, specs).exercises[0]?.card?.proves).toEqual(['m1.e1.a1']);
});
