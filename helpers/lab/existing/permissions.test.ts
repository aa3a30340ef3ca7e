import { expect, test } from 'vitest';

import { inWords } from './permissions.ts';

test('what is not allowed is said once a resource, with its group and subresource', () => {
  expect(
    inWords([
      { verb: 'create', group: 'apps', resource: 'deployments' },
      { verb: 'delete', group: 'apps', resource: 'deployments' },
      { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
    ]),
  ).toBe('create, delete deployments.apps; create pods/exec');
});
