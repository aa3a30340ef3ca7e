import { expect, test } from 'vitest';

import { type Field, fieldFaults, unknownFields } from './fields.ts';

const list: Field = { of: 'statements', longest: 10, least: 1, most: 2 };

test('words of the right length in the right number are no fault', () => {
  expect(fieldFaults('outcome', [{ says: 'It works.', provenBy: ['m1.e1.a1'] }], list)).toEqual([]);
  expect(fieldFaults('platformAnswer', { says: 'No.', seed: 'S1:202' }, { of: 'quote', longest: 10 })).toEqual([]);
  expect(fieldFaults('challenge', 'Why?', { of: 'text', longest: 10 })).toEqual([]);
});

test('no words, too many of them, and too many statements are faults', () => {
  expect(fieldFaults('challenge', '', { of: 'text', longest: 10 })).toEqual(['challenge: has no words']);
  const long = { says: 'It works very well.', opinion: true };
  expect(fieldFaults('outcome', [long, { says: 'Yes.' }, { says: 'No.' }], list)).toEqual([
    'outcome: has 3 entries, 1 to 2 fit',
    'outcome[0]: has 19 characters, 10 fit',
  ]);
  expect(fieldFaults('outcome', 'It works.', list)).toEqual(['outcome: is no list']);
});

test('a name that a statement cannot have is a fault', () => {
  const slip = { says: 'Yes.', provenby: ['m1.e1.a1'] };
  expect(fieldFaults('perspective', slip, { of: 'statement', longest: 10 })).toEqual([
    'perspective.provenby: is not known',
  ]);
  expect(unknownFields({ challenge: '', impact: [] }, ['challenge'])).toEqual(['impact: is not known']);
});

test('words of the other side name a line of a course text, or none', () => {
  const quote = (seed: object) => fieldFaults('platformAnswer', { says: 'No.', ...seed }, { of: 'quote', longest: 10 });
  expect(quote({})).toEqual([]);
  expect(quote({ seed: 'page 12' })).toEqual(['platformAnswer: names no line of a course text']);
});
