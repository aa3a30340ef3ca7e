import { expect, test } from 'vitest';

import { exampleCurriculum, exampleRolePlay as card } from './examples.ts';
import { rolePlayFaults } from './role-play.ts';

const [objection] = card.objections;

function faults(changed: object): string[] {
  return rolePlayFaults({ ...card, ...changed }, exampleCurriculum);
}

/** The same with one objection changed. */
function objecting(changed: object): string[] {
  return faults({ objections: [{ ...objection, ...changed }, ...card.objections.slice(1)] });
}

test('a role-play that fits the curriculum has no faults', () => {
  expect(faults({})).toEqual([]);
});

test('what is missing, unknown or too long is named with its place', () => {
  expect(faults({ opening: undefined })).toEqual(['opening: is missing']);
  expect(faults({ music: 'loud' })).toEqual(['music: is not known']);
  expect(faults({ minutes: 'ten' })).toEqual(['minutes: is no number of minutes']);
  expect(faults({ debrief: ['Why?'] })).toEqual(['debrief: has 1 entries, 3 fit']);
  expect(objecting({ hint: 'x'.repeat(81) })).toEqual(['objections[0].hint: has 81 characters, 80 fit']);
  expect(objecting({ trap: { says: 'No.', errata: ['E1'], phrases: 'no' } })).toEqual([
    'objections[0].trap.phrases: is no list of words',
  ]);
});

test('the customer’s sheet fits a page', () => {
  const long = { says: 'x'.repeat(160), opinion: true };
  const objections = card.objections.map((each) => Object.assign({}, each, { fair: long, limit: long, result: long }));
  const inquiries = card.inquiries.map((each) =>
    Object.assign({}, each, { ask: 'x'.repeat(100), answer: 'x'.repeat(100) }),
  );
  expect(faults({ objections, inquiries })[0]).toMatch(
    /^objections: with all else \d+ characters are printed, 4000 fit/,
  );
});

test('as many inquiries lead somewhere as may be asked', () => {
  const inquiries = card.inquiries.map(({ ask, answer }) => ({ ask, answer }));
  expect(faults({ inquiries })).toEqual(['inquiries: 0 lead somewhere, 4 are asked']);
});

test('every sentence of a good answer has something behind it, and so has what is wrong about a trap', () => {
  expect(objecting({ limit: { says: 'No.' } })).toEqual([
    'objections[0].limit: “No.” cites nothing and is not labelled as opinion',
  ]);
  expect(objecting({ trap: { says: 'It never fails.' } })).toEqual([
    'objections[0].trap: “It never fails.” cites nothing and is not labelled as opinion',
  ]);
  expect(faults({ close: { says: 'A date.', provenBy: ['m1.e9.a1'] } })).toEqual([
    'close: “A date.” cites m1.e9.a1, which no exercise can assert',
  ]);
});

test('phrases of a trap are regular expressions that do not fit everything', () => {
  const trap = { says: 'It always waits.', errata: ['E1'] };
  expect(objecting({ trap: { ...trap, phrases: ['('] } })).toEqual([
    'objections[0].trap.phrases: “(” is no regular expression',
  ]);
  expect(objecting({ trap: { ...trap, phrases: ['x*'] } })).toEqual([
    'objections[0].trap.phrases: “x*” fits everything',
  ]);
});
