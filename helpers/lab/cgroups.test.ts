import { expect, test } from 'vitest';

import { checkCgroups } from './cgroups.ts';

test("kind's own nodes are refused on version 1 of cgroups, before anything is pulled", () => {
  expect(() => checkCgroups(1, 'upstream', 'kind', {})).toThrow(
    expect.objectContaining({ exitCode: 3, next: expect.stringContaining('CLUSTER=k3s') }),
  );
});

test.each([
  [2, 'upstream', 'kind', {}],
  [1, 'upstream', 'k3s', {}],
  [1, 'assembled', 'kind', {}],
  [1, 'upstream', 'kind', { STAND_INS: 'yes' }],
  [undefined, 'upstream', 'kind', {}],
] as const)('cgroups %s, images %s and %s %j go together', (version, source, provider, environment) => {
  expect(() => checkCgroups(version, source, provider, environment)).not.toThrow();
});
