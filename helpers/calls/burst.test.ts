import { expect, test } from 'vitest';

import { onNewConnections, onOneConnection, readReplies, tally, readAnswers } from './burst.ts';

test('a call with its own connection is a process of its own in a loop', () => {
  expect(onNewConnections(40, ['http://backend/']).at(-1)).toMatch(
    /^for i in \$\(seq 40\); do curl .* http:\/\/backend\/; done$/,
  );
});

test('arguments with spaces stay one word in the loop', () => {
  expect(onNewConnections(2, ['-H', 'canary: true', 'http://backend/']).at(-1)).toContain(
    "-H 'canary: true' http://backend/; done",
  );
});

test('calls on one connection are one curl over a range of URLs', () => {
  expect(onOneConnection(20, ['http://backend/?run=7']).at(-1)).toBe('http://backend/?run=7&n=[1-20]');
});

test('every call is read with status, body, address and time, also one that failed', () => {
  const output =
    'HTTP/1.1 200 OK\r\nserver: nginx\r\n\r\nhello\n\n@call 0 10.96.0.7 0.0021\n' +
    '\n@call 7  0.0004\n' +
    'HTTP/1.1 503 Service Unavailable\r\n\r\nno healthy upstream\n@call 0 10.96.0.7 0.0011\n';
  expect(readReplies(output)).toEqual([
    { status: 200, headers: { server: 'nginx' }, body: 'hello\n', remoteIp: '10.96.0.7', seconds: 0.0021, curlExit: 0 },
    { status: 0, headers: {}, body: '', remoteIp: '', seconds: 0.0004, curlExit: 7 },
    { status: 503, headers: {}, body: 'no healthy upstream', remoteIp: '10.96.0.7', seconds: 0.0011, curlExit: 0 },
  ]);
});

test('a tally counts by kind, the most frequent first', () => {
  expect([...tally(['b', 'a', 'b'], (word) => word)]).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

const transcript = (stdout: string) => ({ command: 'kubectl exec', stdout, stderr: '', exitCode: 0, durationMs: 9 });
const ok = 'HTTP/1.1 200 OK\r\nserver: envoy\r\n\r\nhello\n@call 0 10.0.0.1 0.004\n';
const reset = 'curl: (56) Recv failure: Connection reset by peer\n\n@call 56 10.0.0.1 0.002\n';

test('calls made one after another are answers of their own, refused ones with what curl said', () => {
  const [first, second] = readAnswers(transcript(ok + reset), 2, 'GET', 'http://backend/');
  expect(first).toMatchObject({ curlExit: 0, http: { status: 200, body: 'hello', remoteIp: '10.0.0.1' } });
  expect(second).toMatchObject({ curlExit: 56, http: { status: 0 } });
  expect(second?.transcript.stderr).toContain('reset by peer');
});

test('a call that was not made, because the command broke off, is an answer without an exit code', () => {
  const answers = readAnswers(transcript(ok), 3, 'GET', 'http://backend/');
  expect(answers.map(({ curlExit }) => curlExit)).toEqual([0, undefined, undefined]);
});
