import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { run } from '../system/program.ts';
import {
  byStatusAndVersion,
  callsTo,
  onNewConnections,
  onOneConnection,
  podOf,
  readReplies,
  readAnswers,
  readWhileAnswered,
  sideBySide,
  statusAndVersion,
  tally,
  whileAnswered,
} from './burst.ts';

test('calls with connections of their own are one curl that closes each, and counts where nothing is sent', async () => {
  const connections = new Set<unknown>();
  const paths: unknown[] = [];
  const server = createServer(({ socket, url }, response) => {
    connections.add(socket);
    paths.push(url);
    response.end('hello');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const [program = '', ...args] = onNewConnections(3, ['-H', 'canary: true', `http://127.0.0.1:${port}/a?b=c`]);
  const replies = readReplies((await run(program, args)).stdout);
  server.close();
  expect(replies.map(({ status, body }) => [status, body])).toEqual(Array.from({ length: 3 }, () => [200, 'hello']));
  expect(paths).toEqual(['/a?b=c', '/a?b=c', '/a?b=c']);
  expect(connections.size).toBe(3);
});

test('arguments with spaces stay one word in the loop', () => {
  expect(whileAnswered(2, ['-H', 'canary: true', 'http://backend/']).at(-1)).toContain(
    "-H 'canary: true' http://backend/ || exit; done",
  );
});

test('calls on one connection are one curl over a range of URLs', () => {
  expect(onOneConnection(20, ['http://backend/?run=7']).at(-1)).toBe('http://backend/?run=7&n=[1-20]');
});

test.each([
  ['keep-alive', [1, 0, 0]],
  ['close', [1, 1, 1]],
])(
  'calls on one connection tell how many were opened, where the server answers with Connection: %s',
  async (word, opened) => {
    const server = createServer((_, response) => response.setHeader('Connection', word).end('hello'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const [program = '', ...args] = onOneConnection(3, [`http://127.0.0.1:${port}/`]);
    const replies = readReplies((await run(program, args)).stdout);
    server.close();
    expect(replies.map((reply) => reply.opened)).toEqual(opened);
  },
);

test('a URL with ranges is as many calls as curl makes of it', () => {
  expect(callsTo('http://backend/')).toBe(1);
  expect(callsTo('http://backend/?user=[1-60]&n=[1-20]')).toBe(1200);
  expect(callsTo('http://[::1]/?user=[11-20]')).toBe(10);
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

test('a failed call names the version that failed it, if one did', () => {
  const reply = { headers: {}, remoteIp: '', seconds: 0, curlExit: 0 };
  expect(statusAndVersion({ ...reply, status: 500, body: '{"pod":"backend-v3-a","version":"v3"}' })).toBe('500 v3');
  expect(statusAndVersion({ ...reply, status: 503, body: 'no healthy upstream' })).toBe('503 of no version');
});

test('replies are counted by status and version', () => {
  const reply = (status: number, body: string) => ({
    status,
    body,
    headers: {},
    remoteIp: '',
    seconds: 0,
    curlExit: 0,
  });
  const good = reply(200, '{"version":"v1"}');
  expect(byStatusAndVersion([good, reply(500, '{"version":"v3"}'), good])).toEqual({ '200 v1': 2, '500 v3': 1 });
});

test('a reply counts for the pod that it names, and else for its status', () => {
  const reply = { headers: {}, remoteIp: '', seconds: 0, curlExit: 0 };
  expect(podOf({ ...reply, status: 500, body: '{"pod":"backend-a","version":"v1"}' })).toBe('backend-a');
  expect(podOf({ ...reply, status: 503, body: 'no healthy upstream' })).toBe('HTTP 503');
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
  const [first, second] = readAnswers(transcript(ok + reset), 2, 'GET', 'http://backend/').answers;
  expect(first).toMatchObject({ curlExit: 0, http: { status: 200, body: 'hello', remoteIp: '10.0.0.1' } });
  expect(second).toMatchObject({ curlExit: 56, http: { status: 0 } });
  expect(second?.transcript.stderr).toContain('reset by peer');
});

test('a call that was not made, because the command broke off, is an answer without an exit code', () => {
  const { answers } = readAnswers(transcript(ok), 3, 'GET', 'http://backend/');
  expect(answers.map(({ curlExit }) => curlExit)).toEqual([0, undefined, undefined]);
});

const hello = 'HTTP/1.1 200 OK\r\nserver: envoy\r\n\r\nhello';

test('a row of answers is told apart by the status lines, also where a body does not end its line', () => {
  const forbidden = 'HTTP/1.1 403 Forbidden\r\n\r\nRBAC: access denied';
  const row = readWhileAnswered(transcript(hello + forbidden + hello), 'GET', 'http://backend/');
  expect(row.answers.map(({ http }) => [http.status, http.body])).toEqual([
    [200, 'hello'],
    [403, 'RBAC: access denied'],
    [200, 'hello'],
  ]);
  expect(row.transcript.stdout).toBe(hello + forbidden + hello);
});

test('the call that ended a row is its last answer, with the exit code of curl', () => {
  const failed = { exitCode: 28, stderr: 'curl: (28) timed out\ncommand terminated with exit code 28\n' };
  const exits = (stdout: string) =>
    readWhileAnswered({ ...transcript(stdout), ...failed }, 'GET', 'http://backend/').answers.map(
      ({ curlExit }) => curlExit,
    );
  expect(exits('')).toEqual([28]);
  expect(exits(hello)).toEqual([0, 28]);
});

test('a command that broke off is no answer, whatever was answered before', () => {
  const cut = { ...transcript(hello), exitCode: 1, stderr: 'error: stream closed' };
  const { answers } = readWhileAnswered(cut, 'GET', 'http://backend/');
  expect(answers.map(({ curlExit }) => curlExit)).toEqual([0, undefined]);
});

test('the shell makes the calls that it is told to', async () => {
  const shell = async ([, ...args]: string[], curl: string) =>
    (await run('sh', [args[0] ?? '', `curl() { ${curl}; }; ${args[1]}`])).stdout;
  expect(await shell(whileAnswered(3, ['http://backend/']), 'echo "$@"')).toBe('http://backend/\n'.repeat(3));
  expect(await shell(whileAnswered(3, ['http://backend/']), 'echo "$@"; return 7')).toBe('http://backend/\n');
  const silence = await shell(
    sideBySide(4, ['http://backend/']),
    String.raw`echo silence; printf '\n@call 28  2.0\n'; return 28`,
  );
  const { answers } = readAnswers(transcript(silence), 4, 'GET', 'http://backend/');
  expect(answers.map(({ curlExit }) => curlExit)).toEqual([28, 28, 28, 28]);
});
