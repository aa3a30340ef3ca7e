import { expect, test } from 'vitest';

import { exampleCurriculum } from '../curriculum/examples.ts';
import type { Card } from '../record/card.ts';
import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { readProfiles } from '../roi/profiles.ts';
import { claimsItem, errataItem, returnsItem } from './of-the-course.ts';

const values = [
  {
    customer: 'Bank',
    persona: 'Sarah',
    claims: [{ says: 'Names resolve.', provenBy: ['m1.e1.a1'] }],
    notClaimed: [],
  },
];
const proves = (status: string) => ({
  facts: exampleFacts,
  commit: '',
  only: '',
  leftovers: [],
  exercises: [{ ...exampleExercise, status, card: { proves: ['m1.e1.a1'] } as unknown as Card }],
});

test('a source that is a year old is red, and one of half a year and an open erratum are to be read', () => {
  const on = (day: string) => errataItem(exampleCurriculum, [], new Date(day)).state;
  expect(on('2026-11-25')).toBe('good');
  expect(on('2027-07-01')).toBe('look');
  expect(on('2028-01-01')).toBe('bad');
  expect(errataItem(exampleCurriculum, exampleCurriculum.errata, new Date('2026-11-25'))).toMatchObject({
    state: 'look',
    says: '1 of 1 shown by nothing; 0 sources to be read again (make sources).',
    lines: ['E1: “It always waits.”'],
  });
});

test('a claim that was one and is none any more is told, and so is the other way round', () => {
  const lines = (now: string, then?: string) =>
    claimsItem(values, proves(now), then === undefined ? undefined : proves(then)).lines;
  expect(lines('passed', 'passed')).toEqual([]);
  expect(lines('passed')).toEqual([]);
  expect(lines('failed', 'passed')).toEqual(['no longer a claim for Bank: Names resolve.']);
  expect(lines('failed')).toEqual(['not proven for Bank: Names resolve.']);
  expect(lines('passed', 'failed')).toEqual(['a claim now for Bank, and none then: Names resolve.']);
});

test('a quarter shows what each customer comes to, and which measurements are missing', async () => {
  const measured = (value: number) => ({
    ...proves('passed'),
    exercises: [
      {
        ...exampleExercise,
        measurements: [{ exercise: 'm2.e7.a5', what: 'Rollback', value, unit: 'seconds' }],
      },
    ],
  });
  const { says, lines } = returnsItem(await readProfiles(), measured(2), measured(1.5));
  expect(says).toMatch(/^5 profiles calculated; 1 of \d+ measurements that they cite are of this run\.$/);
  expect(lines).toContain('Tidewave: payback 26.52 months, return after 5 years 48.7 %');
  expect(lines).toContain('not measured: m6.e4.a3');
  expect(lines).toContain('m2.e7.a5: Rollback: 2 seconds, 1.5 then');
});
