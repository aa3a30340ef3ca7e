import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { exampleCurriculum } from './examples.ts';
import { exerciseCardFaults } from './exercise-card.ts';
import { newExerciseCard } from './new-exercise-card.ts';

test('a new card names its exercise and is at fault until it is filled in', () => {
  const card = parse(newExerciseCard('01-foundation/01-names/01-resolve', exampleCurriculum) ?? '');
  expect(card).toMatchObject({ id: 'm1.e1' });
  expect(exerciseCardFaults(card, '01-foundation/01-names', exampleCurriculum)).toContain('challenge: has no words');
});

test('set-up and drills get none; a module that the curriculum does not have yet gets one', () => {
  expect(newExerciseCard('01-foundation/00-lab-setup/01-starts', exampleCurriculum)).toBeUndefined();
  expect(newExerciseCard('01-foundation/10-troubleshooting/01-typo', exampleCurriculum)).toBeUndefined();
  expect(newExerciseCard('09-more/02-names/01-resolve', exampleCurriculum)).toContain('id: m9.e2');
});
