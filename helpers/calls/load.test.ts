import { expect, test } from 'vitest';

import { between, manyAtOnce, moments, readLoad, readParallel, untilStopped } from './load.ts';

const printed =
  'HTTP/1.1 200 OK\r\nserver: envoy\r\n\r\n{"pod":"backend-v1-a"}\n@call 0 10.96.0.7 0.004 1000.250000\n' +
  'HTTP/1.1 503 Service Unavailable\r\n\r\n\n@call 0 10.96.0.7 0.002 1001.000000\n' +
  'HTTP/1.1 200 OK\r\n\r\n{"pod":"backend-v2-b"}\n@call 0 10.96.0.7 0.003 1002.500000\n';
const load = readLoad(printed, [{ seconds: 1000.75, label: 'route applied' }]);

test('calls and milestones are timed from the beginning of the first call', () => {
  expect(load.replies.map(({ at, status }) => [at, status])).toEqual([
    [0, 200],
    [0.75, 503],
    [2.25, 200],
  ]);
  expect(load.milestones).toEqual([{ seconds: 0.5, label: 'route applied' }]);
});

test('calls are counted from one milestone to another', () => {
  expect(between(load, '', 'route applied')).toHaveLength(1);
  expect(between(load, 'route applied').map(({ at }) => at)).toEqual([0.75, 2.25]);
});

test('a milestone that was never marked is an error', () => {
  expect(() => between(load, 'rolled back')).toThrow('no milestone "rolled back"');
});

test('any other answer than 200 is drawn as a failure', () => {
  expect(moments(load.replies, ({ status }) => `HTTP ${status}`)).toEqual([
    { seconds: 0, kind: 'HTTP 200', failed: false },
    { seconds: 0.75, kind: 'HTTP 503', failed: true },
    { seconds: 2.25, kind: 'HTTP 200', failed: false },
  ]);
});

test('the load quotes what a shell would take apart, and has an end of its own', () => {
  expect(untilStopped(['-H', 'canary: true', 'http://backend/'], 150_000).at(-1)).toMatch(
    /\$n -lt 3000 .*-H 'canary: true' http:\/\/backend\/;/,
  );
});

test('many at once are one curl over a range of URLs', () => {
  const command = manyAtOnce(200, 50, 'http://backend/?delay=300ms');
  expect(command.at(-1)).toBe('http://backend/?delay=300ms&n=[1-200]');
  expect(command.join(' ')).toContain('--parallel-max 50');
});

test('a refusal by the caller’s proxy is told from a 503 of somebody else', () => {
  expect(readParallel('call 0 200 0.31 \ncall 0 503 0.01 true\ncall 0 503 0.02 \n')).toMatchObject([
    { status: 200, overloaded: false },
    { status: 503, overloaded: true },
    { status: 503, overloaded: false },
  ]);
});
