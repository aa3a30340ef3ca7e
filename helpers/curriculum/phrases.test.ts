import { expect, test } from 'vitest';

import { exampleCurriculum } from './examples.ts';
import { phraseFaults } from './phrases.ts';

const faults = (value: unknown) => phraseFaults(value, exampleCurriculum);

test('the words of an erratum and slogans are faults, with the field that has them', () => {
  expect(faults({ challenge: 'It Waits for us.', counter: [{ says: 'It is Best in class.' }] })).toEqual([
    'challenge: “Waits” is wrong by E1, which is not cited here',
    'counter[0].says: “Best in class” is a slogan',
  ]);
});

test('where the erratum is cited its words are free, and a slogan is not', () => {
  expect(faults({ says: 'It waits no more.', errata: ['E1'] })).toEqual([]);
  expect(faults({ says: 'Best in class.', errata: ['E1'] })).toHaveLength(1);
});

test('the other side may say what it likes', () => {
  expect(faults({ platformAnswer: { says: 'It waits, best in class.' } })).toEqual([]);
});
