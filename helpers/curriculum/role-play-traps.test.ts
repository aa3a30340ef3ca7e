import { expect, test } from 'vitest';

import { exampleCurriculum } from './examples.ts';
import { slipsIn, truthsOf } from './role-play-traps.ts';

const trap = { says: 'It is never slow.', provenBy: ['m1.e1.a1'], phrases: [String.raw`\bnever slow\b`] };

test('words that sound like the trap are found, with what results show instead', () => {
  expect(slipsIn('Names are NEVER slow.', trap, exampleCurriculum)).toEqual([
    { words: 'NEVER slow', truths: ['m1.e1.a1: It answers.'] },
  ]);
  expect(slipsIn('Names resolve.', trap, exampleCurriculum)).toEqual([]);
});

test('words that any erratum forbids are found as well', () => {
  expect(slipsIn('It waits.', trap, exampleCurriculum)).toEqual([{ words: 'waits', truths: ['E1: It does not.'] }]);
  const own = { says: 'It always waits.', errata: ['E1'] };
  expect(slipsIn('It waits.', own, exampleCurriculum)).toEqual([{ words: 'waits', truths: ['E1: It does not.'] }]);
});

test('what only our opinion speaks against is told as that', () => {
  expect(truthsOf({ says: 'It is easy.', opinion: true }, exampleCurriculum)).toEqual([
    'That it is wrong is our opinion.',
  ]);
});
