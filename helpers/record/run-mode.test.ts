import { expect, test } from 'vitest';

import { mostPlays, playsOf } from './run-mode.ts';

test('an exercise is played once, or once with each mutant that is chosen of it', () => {
  const mutants = { kind: 'mutant', chosen: { '01-a/01-b/01-c': [0, 4, 7] } } as const;
  expect([playsOf({ kind: 'normal' }, '01-a/01-b/01-c'), playsOf(mutants, '01-a/01-b/01-c')]).toEqual([1, 3]);
  expect(playsOf(mutants, '01-a/01-b/02-d')).toBe(0);
  expect([mostPlays({ kind: 'normal' }), mostPlays(mutants)]).toEqual([1, 3]);
});
