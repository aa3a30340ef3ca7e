import { expect, test } from 'vitest';

import { exampleObservation as call } from '../record/examples.ts';
import { changeInShort, inColumns, inWords } from './calls.ts';

test('a call is one sentence, or one line with a sign for how it ended', () => {
  const refused = { ...call, verdict: 'blocked', signature: 'no answer (curl 28)' } as const;
  expect(inWords(refused)).toBe('attacker → backend, GET /: refused, no answer (curl 28)');
  expect(inColumns(call)).toBe('attacker → backend       GET /      ✓ let through  HTTP 200');
  expect(inColumns(refused)).toBe('attacker → backend       GET /      ✕ refused      no answer (curl 28)');
  expect(inColumns({ ...call, verdict: 'broken' })).toContain('? broken');
});

test('headers stand behind all else, so that the columns stay', () => {
  expect(inColumns({ ...call, request: 'GET / (canary: true, X-Account: 4711)' })).toBe(
    'attacker → backend       GET /      ✓ let through  HTTP 200 (canary: true, X-Account: 4711)',
  );
});

test('where there are several clusters, the line names that of the caller', () => {
  expect(inColumns({ ...call, cluster: 'west' })).toMatch(/^west: attacker → backend /);
});

test('changes are told without namespaces and folders', () => {
  expect(changeInShort('kubectl apply -f fixtures/04-x/01-y/20-strict-mtls.yaml')).toBe(
    'kubectl apply -f 20-strict-mtls.yaml',
  );
  expect(changeInShort('kubectl --namespace shop rollout restart deployment/a deployment/b')).toBe(
    'kubectl rollout restart deployment/a deployment/b',
  );
  expect(changeInShort('kubectl --namespace shop label namespace shop istio-injection-')).toBe(
    'kubectl label namespace shop istio-injection-',
  );
  const put = 'echo true | kubectl replace --raw /api/v1/namespaces/shop/services/opa:8181/proxy/v1/data/freeze -f -';
  expect(changeInShort(put)).toBe(put);
});

test('commands that only look are no changes', () => {
  for (const typed of [
    'kubectl --namespace shop get pods',
    'kubectl --namespace shop exec deployment/a -- curl http://x/delete ',
    'kubectl --namespace shop rollout status deployment/a',
    'istioctl proxy-status',
    'echo true | kubectl --namespace shop get pods',
    'kubectl --namespace shop logs deployment/a --container istio-proxy --tail=-1',
  ])
    expect(changeInShort(typed)).toBeUndefined();
});
