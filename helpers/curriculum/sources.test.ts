import { expect, test } from 'vitest';

import { agedSources, sourceFaults } from './sources.ts';

const source = { id: 'C1', title: 'A page', pages: ['https://example.org/'], read: '2026-01-01' };

test('a source has a name, a title, pages and a day', () => {
  expect(sourceFaults([source])).toEqual([]);
  expect(sourceFaults([{ id: 'one', title: '', pages: ['example'], read: 'last week' }])).toEqual([
    'one: is no name of a source',
    'one: has no title',
    'one: has no pages to open',
    'one: was read on no day',
  ]);
});

test('half a year after it was read a source is warned of, and after a year it is a fault', () => {
  const on = (day: string) => agedSources([source], new Date(`${day}T12:00:00Z`));
  expect(on('2026-06-30')).toEqual({ warnings: [], faults: [] });
  expect(on('2026-07-01').warnings).toEqual(['specs/curriculum/sources.yaml C1: was read on 2026-01-01, 181 days ago']);
  expect(on('2027-01-01')).toMatchObject({ faults: [] });
  expect(on('2027-01-02')).toEqual({
    warnings: [],
    faults: ['specs/curriculum/sources.yaml C1: was read on 2026-01-01, 366 days ago'],
  });
});
