import { expect, test } from 'vitest';

import { conceptFaults, readConcepts } from './concepts.ts';
import { readCurriculum } from './curriculum.ts';
import { exampleCurriculum } from './examples.ts';

test('the concepts of the course fit its curriculum', async () => {
  const { bands, wrong } = await readConcepts(await readCurriculum());
  expect(bands).toHaveLength(4);
  expect(wrong).toHaveLength(12);
});

test('a term twice, an id that nothing asserts and an erratum that is none are faults', () => {
  const terms = [
    { term: 'Name', provenBy: 'm1.e1.a1' },
    { term: 'Name', provenBy: 'm1.e1.a9' },
  ];
  expect(conceptFaults({ bands: [{ title: 'Reach', terms }], wrong: ['E9'] }, exampleCurriculum)).toEqual([
    '“Name” stands there twice',
    'terms: “Name” cites m1.e1.a9, which no exercise can assert',
    'wrong: “often told” names E9, which is no erratum',
  ]);
});
