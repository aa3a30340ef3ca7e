import { expect, test } from 'vitest';

import { errataPage, notShown, shownErrata } from './errata.ts';
import { exampleCurriculum, exampleExerciseCard, exampleModuleCard } from './examples.ts';

const curriculum = {
  ...exampleCurriculum,
  errata: [
    { id: 'E102', evidence: ['known' as const], later: 'm4.e6', claim: 'Any cluster will do.', truth: 'Try it.' },
    { id: 'E114', evidence: ['known' as const], claim: 'Must say a|b.', truth: 'Either.' },
  ],
};
const shown = [{ id: 'E114', by: 'NetworkPolicy blocks', path: '01/04/01.spec.ts' }];

test('errata that nothing names are not shown', () => {
  expect(notShown(curriculum, shown).map(({ id }) => id)).toEqual(['E102']);
});

test('a shown erratum has the words of the list and a link to what shows it', () => {
  expect(errataPage(curriculum, shown)).toContain(
    String.raw`| E114 | Must say a\|b. | Either. | [NetworkPolicy blocks](../specs/01/04/01.spec.ts) |`,
  );
});

test('one not shown has the words of the list and the places where it belongs', () => {
  expect(errataPage(curriculum, shown)).toContain('| E102 | Any cluster will do. | Try it. | m4.e6 (later) |');
});

test('a claim of no course text comes with who tells it', () => {
  const [known, other] = curriculum.errata;
  const told = {
    ...curriculum,
    errata: [
      { ...known!, toldBy: 'many' },
      { ...other!, toldBy: 'C1' },
    ],
  };
  expect(errataPage(told, shown)).toContain('Any cluster will do. (often told)');
  expect(errataPage(told, shown)).toContain(String.raw`Must say a\|b. (told by https://example.org/page) |`);
});

test('a card, a statement and the front page each show an erratum', () => {
  const front = { id: 'E2', evidence: ['run' as const], frontPage: true, claim: '', truth: '' };
  const all = { ...exampleCurriculum, errata: [...exampleCurriculum.errata, front] };
  const cards = {
    modules: [exampleModuleCard],
    exercises: [{ ...exampleExerciseCard, folder: '01-foundation/01-names' }],
  };
  const specs = [{ path: '01-foundation/01-names/01-a.spec.ts', claim: 'Names resolve', card: { errata: ['E1'] } }];
  expect(shownErrata(all, cards, specs)).toEqual([
    { id: 'E1', by: 'Names resolve', path: '01-foundation/01-names/01-a.spec.ts' },
    { id: 'E1', by: 'what is said about m1', path: '01-foundation/module.yaml' },
    { id: 'E1', by: 'what is said about m1.e1', path: '01-foundation/01-names/exercise.yaml' },
    { id: 'E2', by: 'the front page of the report' },
  ]);
});
