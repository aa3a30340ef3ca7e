import { expect, test } from 'vitest';

import { failureOf } from './failure.ts';

test('of a call, what was expected of it and how it ended last', () => {
  const message =
    "Expected that attacker's GET / to backend.shop is reset by the proxy, 5 times, within 30 s.\n" +
    'After 12 attempts it did not; the last one: HTTP 200.\n$ curl http://backend.shop/\nHTTP/1.1 200 OK\n';
  expect(failureOf(message)).toEqual({
    expected: "attacker's GET / to backend.shop is reset by the proxy, 5 times, within 30 s",
    seen: 'HTTP 200',
  });
});

test('of an output, the first of its lines; the command is neither', () => {
  expect(failureOf('It is not seen that three pods are there:\n$ kubectl get pods\nbackend-1\nbackend-2')).toEqual({
    expected: 'three pods are there',
    seen: 'backend-1',
  });
  expect(failureOf('It is not seen that three pods are there:\n$ kubectl get pods\n')).toEqual({
    expected: 'three pods are there',
    seen: 'nothing that shows it',
  });
});

test('of a check, what it was given', () => {
  expect(failureOf('It does not hold that both are read. Seen: {"first":0,"second":2}')).toEqual({
    expected: 'both are read',
    seen: '{"first":0,"second":2}',
  });
});

test('of anything else, the error', () => {
  expect(failureOf('kubectl rollout status exited with 1\nerror: timed out')).toEqual({
    expected: 'the step ends without an error',
    seen: 'kubectl rollout status exited with 1',
  });
});
