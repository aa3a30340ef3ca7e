import { expect, test } from 'vitest';

import type { Curriculum } from './curriculum.ts';
import { errataPage, notShown } from './errata.ts';

const curriculum: Curriculum = {
  modules: [
    {
      module: 'm1',
      title: 'Foundation',
      folder: '01-foundation',
      exercises: [{ id: 'm1.e4', title: '', learn: '', needs: [], errata: ['E102', 'E114'], assertions: [] }],
    },
  ],
  errata: [
    { id: 'E102', evidence: ['known'], later: 'm4.e6', claim: 'Any cluster will do.', truth: 'Try it.' },
    { id: 'E114', evidence: ['known'], claim: 'Must say a|b.', truth: 'Either.' },
  ],
};
const shown = [{ id: 'E114', claim: 'NetworkPolicy blocks', path: '01/04/01.spec.ts' }];

test('errata on no card are not shown', () => {
  expect(notShown(curriculum, shown).map(({ id }) => id)).toEqual(['E102']);
});

test('a shown erratum has the words of the list and a link to the exercise', () => {
  expect(errataPage(curriculum, shown)).toContain(
    String.raw`| E114 | Must say a\|b. | Either. | [NetworkPolicy blocks](../specs/01/04/01.spec.ts) |`,
  );
});

test('one not shown has the words of the list and the places where it belongs', () => {
  expect(errataPage(curriculum, shown)).toContain('| E102 | Any cluster will do. | Try it. | m1.e4, m4.e6 (later) |');
});
