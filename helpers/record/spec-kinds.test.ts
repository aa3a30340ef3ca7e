import { expect, test } from 'vitest';

import { outerPhases, patternsOf, phaseOf, specKinds, withoutKind } from './spec-kinds.ts';

test('the kind of a spec file says on what it runs', () => {
  const files = ['', '.mesh-wide', '.two-clusters', '.pair-wide', '.three-clusters', '.ambient', '.ambient-alone'];
  expect(files.map((suffix) => phaseOf(`01-a${suffix}.spec.ts`))).toEqual([
    'one cluster',
    'one cluster',
    'two clusters',
    'two clusters',
    'three clusters',
    'ambient',
    'ambient',
  ]);
  expect(outerPhases).toEqual(['one cluster', 'two clusters', 'ambient']);
});

test('a claim is called the same whatever kind it is of', () => {
  for (const { suffix } of specKinds) expect(withoutKind(`02-x/01-a${suffix}.spec.ts`)).toBe('02-x/01-a');
});

test('a file belongs to one project', () => {
  const [ordinary, ...others] = specKinds.map(patternsOf);
  expect(ordinary?.exclude).toEqual(others.flatMap(({ include }) => include));
});
