import { expect, test } from 'vitest';

import { isUnexplained, type MutantRow, withNewMutants } from './mutant-run.ts';
import { sampleOf } from './sample.ts';

const row: MutantRow = { path: '01-a/01-b', mutant: 'a port', end: 'killed', reason: 'red', allowed: '' };

test('what was tried again replaces what was kept, and what no longer exists is gone', () => {
  const kept = { startedAt: '1', rows: [row, { ...row, mutant: 'gone' }, { ...row, path: '01-a/00-other' }] };
  const again: MutantRow = { ...row, end: 'survived', reason: '' };
  const merged = withNewMutants(kept, { startedAt: '2', rows: [again] }, ({ mutant }) => mutant !== 'gone');
  expect(merged).toEqual({ startedAt: '2', rows: [{ ...row, path: '01-a/00-other' }, again] });
});

test('a survivor needs a reason, and a mutant that was not tried out is no proof of anything', () => {
  expect(isUnexplained(row)).toBe(false);
  expect(isUnexplained({ ...row, end: 'survived' })).toBe(true);
  expect(isUnexplained({ ...row, end: 'survived', allowed: 'says the same' })).toBe(false);
  expect(isUnexplained({ ...row, end: 'not met', allowed: 'says the same' })).toBe(true);
});

test('a sample is the same for one commit and another for the next', () => {
  const all = Array.from({ length: 60 }, (_, index) => `m${index}`);
  const of = (seed: string) => sampleOf(all, 8, seed, (name) => name);
  expect(of('a')).toEqual(of('a'));
  expect(of('a')).not.toEqual(of('b'));
  expect(new Set(of('a')).size).toBe(8);
});
