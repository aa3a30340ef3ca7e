import { expect, test } from 'vitest';

import { exampleCurriculum } from '../../curriculum/examples.ts';
import { wordingFaults } from './wording.ts';

test('what an erratum forbids is a fault unless its truth stands there too', () => {
  expect(wordingFaults('It waits.', exampleCurriculum)).toEqual([
    '“waits” is wrong by E1, whose correction is not there',
  ]);
  expect(wordingFaults('“It always waits.” In truth: It does not.', exampleCurriculum)).toEqual([]);
});

test('a slogan is a fault', () => {
  expect(wordingFaults('Best in class.', exampleCurriculum)).toEqual(['“Best in class” is a slogan']);
});
