import { expect, test } from 'vitest';

import { patternsOf, phaseOf, phases, specKinds, withoutKind } from './spec-kinds.ts';

test('the kind of a spec file says on what it runs', () => {
  expect(
    ['01-a.spec.ts', '01-a.mesh-wide.spec.ts', '01-a.two-clusters.spec.ts', '01-a.pair-wide.spec.ts'].map(phaseOf),
  ).toEqual(['one cluster', 'one cluster', 'two clusters', 'two clusters']);
  expect(phases).toEqual(['one cluster', 'two clusters']);
});

test('a claim is called the same whatever kind it is of', () => {
  for (const { suffix } of specKinds) expect(withoutKind(`02-x/01-a${suffix}.spec.ts`)).toBe('02-x/01-a');
});

test('a file belongs to one project', () => {
  const [ordinary, ...others] = specKinds.map(patternsOf);
  expect(ordinary?.exclude).toEqual(others.flatMap(({ include }) => include));
});
