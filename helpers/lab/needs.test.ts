import { join } from 'node:path';

import { expect, test } from 'vitest';

import { specsDir } from '../system/paths.ts';
import { someNeed } from './needs.ts';

const specs = [
  join(specsDir, '05-traffic-management/10-progressive-delivery/01-promotes-what-it-measures.spec.ts'),
  join(specsDir, '01-foundation/02-flat-network/01-lets-the-attacker-in.spec.ts'),
];

test('one spec that names a capability is enough, and where none does nothing is prepared for it', async () => {
  expect(await someNeed(specs, 'rollouts')).toBe(true);
  expect(await someNeed(specs.slice(1), 'rollouts')).toBe(false);
  expect(await someNeed([], 'k8s')).toBe(false);
});
