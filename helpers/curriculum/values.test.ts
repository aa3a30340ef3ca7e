import { expect, test } from 'vitest';

import { comparisonFaults, readComparisons } from './comparisons.ts';
import { readCurriculum } from './curriculum.ts';
import { exampleCurriculum } from './examples.ts';
import { readValues, valueFaults } from './values.ts';

const curriculum = await readCurriculum();
const proven = { says: 'Names resolve.', provenBy: ['m1.e1.a1'] };
const opinion = { says: 'Names are good.', opinion: true };
const value = { customer: 'Bank', persona: 'Sarah', claims: [proven, proven], notClaimed: [opinion, opinion] };
const comparison = { beside: 'Paper', ask: 'Who reads it?', notes: [{ says: 'It was said.', source: 'C1' }, opinion] };

test('the values of the course fit the curriculum, and each persona has a kind of customer', async () => {
  const values = await readValues(curriculum);
  expect(values.map(({ persona }) => persona.split(' ')[0])).toEqual(['Sarah', 'Marcus', 'Jennifer', 'Lisa', 'Ahmed']);
});

test('the comparisons of the course fit the curriculum', async () => {
  expect((await readComparisons(curriculum)).length).toBeGreaterThan(3);
});

test('a claim that rests on no result is a fault, and so is a phrase that an erratum forbids', () => {
  expect(valueFaults([value], exampleCurriculum)).toEqual([]);
  expect(valueFaults([{ ...value, claims: [proven, opinion] }], exampleCurriculum)).toEqual([
    'Bank, claims: “Names are good.” rests on no result',
  ]);
  expect(valueFaults([{ ...value, claims: [proven, { ...proven, says: 'It waits.' }] }], exampleCurriculum)).toEqual([
    'Bank, [0][1].says: “waits” is wrong by E1, which is not cited here',
  ]);
});

test('a comparison is a fact with a source, a result or an opinion, and does not rank', () => {
  expect(comparisonFaults([comparison], exampleCurriculum)).toEqual([]);
  const notes = [
    { says: 'It is so.', errata: ['E1'] },
    { says: 'It is the leader.', opinion: true },
    { says: 'Nobody knows.' },
  ];
  expect(comparisonFaults([{ ...comparison, notes }], exampleCurriculum)).toEqual([
    'Paper, notes[2]: “Nobody knows.” cites nothing and is not labelled as opinion',
    'Paper, notes: “It is so.” is a fact without a source',
    'Paper, notes: “Nobody knows.” is a fact without a source',
    'Paper, notes: “leader” ranks, and tells nothing',
  ]);
});
