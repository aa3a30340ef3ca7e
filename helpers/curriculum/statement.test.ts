import { expect, test } from 'vitest';

import { exampleCurriculum } from './examples.ts';
import { type Backing, backingFaults } from './statement.ts';

function faults(backing: Backing): string[] {
  return backingFaults([{ field: 'counter[0]', words: 'No.', backing }], exampleCurriculum);
}

test('a sentence rests on results, on a source, on both, on an erratum, or is an opinion', () => {
  expect(faults({ provenBy: ['m1.e1.a1'], source: 'C1', errata: ['E1'], later: ['m4.e6', 'x.10'] })).toEqual([]);
  expect(faults({ source: 'C1' })).toEqual([]);
  expect(faults({ errata: ['E1'] })).toEqual([]);
  expect(faults({ opinion: true, errata: ['E1'] })).toEqual([]);
});

test('a sentence with nothing behind it is a fault, and the fault names the field', () => {
  expect(faults({})).toEqual(['counter[0]: “No.” cites nothing and is not labelled as opinion']);
  expect(faults({ later: ['m4.e6'] })).toHaveLength(1);
});

test('an opinion has neither results nor a source', () => {
  expect(faults({ opinion: true, provenBy: ['m1.e1.a1'] })).toEqual([
    'counter[0]: “No.” is labelled as opinion and cites results',
  ]);
  expect(faults({ opinion: true, source: 'C1' })).toEqual([
    'counter[0]: “No.” is labelled as opinion and cites a source',
  ]);
});

test('whatever is cited is there, and whatever is put off is not', () => {
  expect(faults({ provenBy: ['m1.e1.rq', 'm1.e9.a1'], source: 'C9', errata: ['E9'], later: ['m1.e1'] })).toEqual([
    'counter[0]: “No.” cites m1.e1.rq, which no exercise can assert',
    'counter[0]: “No.” cites m1.e9.a1, which no exercise can assert',
    'counter[0]: “No.” cites C9, which is no source',
    'counter[0]: “No.” names E9, which is no erratum',
    'counter[0]: “No.” puts m1.e1 off, which is not later',
  ]);
});

test('a module that is there may have something still to come, to which alone a sentence may be put off', () => {
  const modules = exampleCurriculum.modules.map((module) => ({ ...module, stillToCome: ['m1.e3'] }));
  const told = [{ field: 'counter[0]', words: 'No.', backing: { opinion: true, later: ['m1.e3', 'm1.e4'] } }];
  expect(backingFaults(told, { ...exampleCurriculum, modules })).toEqual([
    'counter[0]: “No.” puts m1.e4 off, which is not later',
  ]);
});
