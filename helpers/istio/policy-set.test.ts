import { expect, test } from 'vitest';

import { drift } from './effective-config.ts';
import { policySet } from './policy-set.ts';
import { digestOf } from './told-config.ts';

const file = `# A comment.
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
---
kind: AuthorizationPolicy
metadata: { name: callers, namespace: shop }
spec:
  rules: [{ to: [{ operation: { methods: [GET] } }], from: [{ source: { principals: [a] } }] }]
  action: ALLOW
`;
const live = (principals: readonly string[]) =>
  JSON.stringify({
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: [
      {
        kind: 'AuthorizationPolicy',
        metadata: { namespace: 'shop', name: 'callers', uid: '1' },
        spec: {
          action: 'ALLOW',
          rules: [{ from: [{ source: { principals } }], to: [{ operation: { methods: ['GET'] } }] }],
        },
        status: { conditions: [] },
      },
      {
        kind: 'PeerAuthentication',
        metadata: { namespace: 'shop', name: 'default' },
        spec: { mtls: { mode: 'STRICT' } },
      },
    ],
  });

test('a file and a cluster that has what it says are one set, with one digest', () => {
  expect(Object.keys(policySet(file))).toEqual(['AuthorizationPolicy shop/callers', 'PeerAuthentication shop/default']);
  expect(digestOf(policySet(live(['a'])))).toBe(digestOf(policySet(file)));
});

test('what was changed in a cluster is named by policy and field', () => {
  const changed = policySet(live(['a', 'b']));
  expect(digestOf(changed)).not.toBe(digestOf(policySet(file)));
  expect(drift(policySet(file), changed)).toEqual([
    'AuthorizationPolicy shop/callers > rules > 0 > from > 0 > source > principals > 1: nothing ≠ "b"',
  ]);
});

test('a cluster without policies has an empty set', () => {
  expect(policySet('{"kind":"List","items":[]}')).toEqual({});
});
