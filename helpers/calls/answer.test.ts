import { expect, test } from 'vitest';

import { hitsIn, judge, readAnswer } from './answer.ts';
import {
  answered,
  answeredByVersion,
  blackHoled,
  blockedByNetwork,
  closedByNodeProxy,
  endsAs,
  forbidden,
  grpcDenied,
  handshakeRefused,
  heldUpByNetwork,
  notResolved,
  refusedByDecider,
  refusedByProvider,
  unauthorised,
  connectionRefused,
  notAuthorised,
  resetByProxy,
  clusterNotFound,
  upstreamConnectError,
} from './outcome.ts';

function answer(stdout: string, exitCode = 0, stderr = '') {
  return readAnswer({ command: 'kubectl exec', stdout, stderr, exitCode, durationMs: 1 }, 'GET', 'http://backend/');
}
const remote = (code: number, message: string) =>
  answer('', code, `curl: (${code}) ${message}\ncommand terminated with exit code ${code}\n`);

test('an answer of the application is allowed, whatever it thinks of the method', () => {
  expect(judge(answer('HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nhello'))).toEqual({
    verdict: 'allowed',
    signature: 'HTTP 200',
  });
  expect(judge(answer('HTTP/1.1 405 Not Allowed\r\n\r\n')).verdict).toBe('allowed');
  expect(answered(200, 'hello').holds(answer('HTTP/1.1 200 OK\r\n\r\nhello'))).toBe(true);
  expect(answered(200, 'bye').holds(answer('HTTP/1.1 200 OK\r\n\r\nhello'))).toBe(false);
});

test('a dropped and a rejected connection are blocked by the network', () => {
  expect(blockedByNetwork.holds(remote(28, 'Connection timed out after 3001 milliseconds'))).toBe(true);
  expect(blockedByNetwork.holds(remote(7, 'Failed to connect'))).toBe(true);
});

test('a name that does not resolve is broken, also when the lookup times out', () => {
  expect(judge(remote(6, 'Could not resolve host: backend')).verdict).toBe('broken');
  expect(blockedByNetwork.holds(remote(28, 'Resolving timed out after 3000 milliseconds'))).toBe(false);
});

test('kubectl that fails itself is broken, even with an exit code that curl uses too', () => {
  expect(judge(answer('', 7, 'error: unable to upgrade connection')).verdict).toBe('broken');
  expect(blockedByNetwork.holds(answer('', 28, 'Error from server: etcdserver: request timed out'))).toBe(false);
});

test("only the proxy's own words make a 403 forbidden", () => {
  expect(forbidden.holds(answer('HTTP/1.1 403 Forbidden\r\n\r\nRBAC: access denied'))).toBe(true);
  expect(forbidden.holds(answer('HTTP/1.1 403 Forbidden\r\n\r\n{"kind":"Status"}'))).toBe(false);
});

test('a reset before any HTTP is neither blocked by the network nor allowed', () => {
  const reset = remote(56, 'Recv failure: Connection reset by peer');
  expect(resetByProxy.holds(reset)).toBe(true);
  expect(blockedByNetwork.holds(reset)).toBe(false);
});

test('a 5xx and an empty answer are broken', () => {
  expect(judge(answer('HTTP/1.1 503 Service Unavailable\r\n\r\n')).verdict).toBe('broken');
  expect(judge(answer('')).verdict).toBe('broken');
});

test('the version that answered is told from others, and a good answer from a bad one', () => {
  const bad = answer('HTTP/1.1 500 Internal Server Error\r\n\r\n{"pod":"backend-7","version":"v2"}');
  expect(answeredByVersion('v2', 500).holds(bad)).toBe(true);
  expect(answeredByVersion('v1', 500).holds(bad)).toBe(false);
  expect(answeredByVersion('v2').holds(bad)).toBe(false);
});

test('an outcome declares what its ending means: a refusal seen through a sidecar is a refusal, an outage is none', () => {
  const declared = Object.fromEntries(
    Object.entries({
      answered: answered(200),
      upstreamConnectError,
      forbidden,
      connectionRefused,
      clusterNotFound,
      notAuthorised,
    }).map(([name, { verdict }]) => [name, verdict]),
  );
  expect(declared).toEqual({
    answered: 'allowed',
    upstreamConnectError: 'blocked',
    forbidden: 'blocked',
    connectionRefused: 'broken',
    clusterNotFound: 'broken',
    notAuthorised: 'allowed',
  });
});

test('a refused token, a refused handshake, a closed exit and a refusal by gRPC are told from what looks like them', () => {
  const http = (head: string, body = '') => answer(`HTTP/1.1 ${head}\r\n\r\n${body}`);
  const refused = http('401 Unauthorized\r\nwww-authenticate: Bearer realm="x"', 'Jwt is expired');
  expect(unauthorised('Jwt is expired').holds(refused)).toBe(true);
  expect(unauthorised('Jwt issuer is not configured').holds(refused)).toBe(false);
  expect(unauthorised().holds(http('401 Unauthorized', '{"kind": "Status"}'))).toBe(false);
  expect(handshakeRefused.holds(remote(35, 'TLS connect error'))).toBe(true);
  expect(handshakeRefused.holds(remote(7, 'Failed to connect'))).toBe(false);
  expect(blackHoled.holds(http('502 Bad Gateway\r\nserver: envoy'))).toBe(true);
  expect(blackHoled.holds(http('502 Bad Gateway\r\nserver: nginx', 'Bad Gateway'))).toBe(false);
  const denied = http('200 OK\r\ngrpc-status: 7');
  expect(grpcDenied.holds(denied)).toBe(true);
  expect(judge(denied).verdict).toBe('blocked');
  expect(grpcDenied.holds(http('200 OK\r\ngrpc-status: 0'))).toBe(false);
  expect(notResolved.holds(remote(28, 'Resolving timed out after 3000 milliseconds'))).toBe(true);
  expect(notResolved.holds(remote(28, 'Connection timed out after 3001 milliseconds'))).toBe(false);
});

test('a refusal by a decider is told from one by the proxy itself and from an answer of the application', () => {
  const http = (head: string, body = '') => answer(`HTTP/1.1 ${head}\r\n\r\n${body}`);
  expect(refusedByProvider.holds(http('403 Forbidden\r\nserver: envoy'))).toBe(true);
  expect(refusedByProvider.holds(http('403 Forbidden\r\nserver: envoy', 'RBAC: access denied'))).toBe(false);
  const said = http('401 Unauthorized', '{"pod":"keys-7d","fault":"status"}');
  expect(refusedByDecider(401, '"pod":"keys-').holds(said)).toBe(true);
  expect(refusedByDecider(401, '"pod":"backend-').holds(said)).toBe(false);
  expect(refusedByDecider(403, '"pod":"keys-').holds(said)).toBe(false);
});

test('a connection that ztunnel closes ends without an answer, and neither in a handshake nor in a lookup', () => {
  for (const code of [52, 56]) {
    const closed = remote(code, 'Empty reply from server');
    expect(closedByNodeProxy.holds(closed)).toBe(true);
    expect(judge(closed).verdict).toBe('blocked');
    expect(heldUpByNetwork.holds(closed)).toBe(true);
  }
  const late = remote(28, 'Connection timed out after 5001 milliseconds');
  const others = [
    remote(35, 'TLS connect error'),
    late,
    remote(52, 'Resolving timed out after 3000 milliseconds'),
    answer('HTTP/1.1 403 Forbidden\r\n\r\nRBAC: access denied', 56, 'command terminated with exit code 56'),
    answer('', 56, 'Error from server: unable to upgrade connection'),
    answer(''),
  ];
  expect(others.map((each) => closedByNodeProxy.holds(each))).toEqual(others.map(() => false));
  expect(heldUpByNetwork.holds(late)).toBe(true);
  expect(heldUpByNetwork.holds(remote(28, 'Resolving timed out after 3000 milliseconds'))).toBe(false);
});

test('a call of many is judged as a single one is', () => {
  const reply = { status: 0, headers: {}, body: '', remoteIp: '', seconds: 0.1, curlExit: 56 };
  expect(endsAs(closedByNodeProxy)(reply)).toBe(true);
  expect(endsAs(closedByNodeProxy)({ ...reply, curlExit: 7 })).toBe(false);
  expect(endsAs(resetByProxy)({ ...reply, curlExit: 35 })).toBe(true);
  expect(endsAs(forbidden)({ ...reply, curlExit: 0, status: 403, body: 'RBAC: access denied' })).toBe(true);
  expect(endsAs(forbidden)({ ...reply, curlExit: 0, status: 403, body: 'no' })).toBe(false);
});

test('what the server has counted is read, and silence is no number', () => {
  expect(hitsIn('{"pod":"backend-a","key":"a","hits":0}')).toBe(0);
  expect(hitsIn('')).toBeNaN();
});
