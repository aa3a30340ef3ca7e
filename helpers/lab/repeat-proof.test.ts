import { expect, test } from 'vitest';

import { inOrder } from './repeat-proof.ts';

test('what starts pods comes after all else, whichever file it is in', () => {
  const manifests = [
    { file: '10-setup.yaml', yaml: 'kind: Namespace\n---\nkind: Deployment\n---\n---\nkind: Service\n' },
    { file: '20-policy.yaml', yaml: 'kind: AuthorizationPolicy\n' },
  ];
  expect(inOrder({ manifests })).toEqual({
    rules: [{ kind: 'Namespace' }, { kind: 'Service' }, { kind: 'AuthorizationPolicy' }],
    workloads: [{ kind: 'Deployment' }],
  });
});
