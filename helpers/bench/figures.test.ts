import { expect, test } from 'vitest';

import { exerciseTable, pairTable, provenRows } from './figures.ts';

const figure = (value: number) => [{ what: 'the lessons', value, unit: 's' }];

test('of rounds in turns the medians stand side by side', () => {
  const table = pairTable([figure(2), figure(9), figure(3)], [figure(5), figure(7)]);
  expect(table).toMatch(/^medians of 3 .* here +there +times$/m);
  expect(table).toMatch(/^the lessons +3\.00 +6\.00 +0\.50 s$/m);
});

test('what only one side measured is left out', () => {
  expect(pairTable([figure(2)], [[]])).not.toContain('the lessons');
});

test('a row counts once, and only where it passed', () => {
  const card = (...proves: string[]) => ({ proves }) as never;
  expect(
    provenRows([
      { status: 'passed', card: card('m1.e1.a1', 'm1.e1.a2') },
      { status: 'passed', card: card('m1.e1.a2') },
      { status: 'failed', card: card('m1.e1.a3') },
    ]),
  ).toBe(2);
});

test('an exercise is charged with the pods of its namespaces', () => {
  const cpu = {
    byPart: new Map(),
    controlPlane: new Map(),
    byNamespace: new Map([['shop', 1.5]]),
    podsByNamespace: new Map([['shop', 3]]),
  };
  const cost = { programs: 4, ownCpuMs: 250, programsCpuMs: 500 };
  const exercise = { path: '01/02/03', durationMs: 9_000, waits: [], namespaces: ['shop', 'other'], cost };
  expect(exerciseTable([exercise], cpu)).toMatch(/^ +3 +4 +1\.5 +0\.5 +0\.3 +9\.0 +0\.0 +01\/02\/03$/m);
});
