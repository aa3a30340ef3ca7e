import { expect, test } from 'vitest';

import { patternsOf, phaseOf, phases, specKinds, withoutKind } from './spec-kinds.ts';

test('the kind of a spec file says on what it runs', () => {
  const kinds = ['', '.mesh-wide', '.two-clusters', '.pair-wide', '.three-clusters'];
  expect(kinds.map((kind) => phaseOf(`01-a${kind}.spec.ts`))).toEqual([
    'one cluster',
    'one cluster',
    'two clusters',
    'two clusters',
    'three clusters',
  ]);
  expect(phases).toEqual(['one cluster', 'two clusters', 'three clusters']);
});

test('a claim is called the same whatever kind it is of', () => {
  for (const { suffix } of specKinds) expect(withoutKind(`02-x/01-a${suffix}.spec.ts`)).toBe('02-x/01-a');
});

test('a file belongs to one project', () => {
  const [ordinary, ...others] = specKinds.map(patternsOf);
  expect(ordinary?.exclude).toEqual(others.flatMap(({ include }) => include));
});
