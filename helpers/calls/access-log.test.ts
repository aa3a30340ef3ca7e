import { expect, test } from 'vitest';

import { mostAtOnce, readAccessLog, statusesByWorkload } from './access-log.ts';

const line = (time: string, durationMs: number, path: string, more: object = {}) => {
  const call = { time: `1970-01-01T00:00:${time}Z`, client: '10.0.0.1', method: 'GET', path, host: 'backend' };
  return JSON.stringify({ ...call, status: 200, durationMs, ...more });
};

const log = [
  '{"time":"1970-01-01T00:00:00.000Z","message":"listening"}',
  line('01.000', 400, '/a'),
  line('01.100', 0, '/healthz'),
  line('01.202', 302, '/b'),
  line('01.500', 300, '/c', { marker: 'm1', abandoned: true }),
].join('\n');

test('calls are read with their beginning, without the readiness probe', () => {
  const common = { method: 'GET', host: 'backend', client: '10.0.0.1', marker: '', status: 200, abandoned: false };
  expect(readAccessLog(log)).toEqual([
    { ...common, path: '/a', beganAt: 600, endedAt: 1000 },
    { ...common, path: '/b', beganAt: 900, endedAt: 1202 },
    { ...common, path: '/c', marker: 'm1', abandoned: true, beganAt: 1200, endedAt: 1500 },
  ]);
});

test('calls overlap from the beginning of one to the end of another, and not when one follows the other, give or take a few ms', () => {
  const [a, b, c] = readAccessLog(log);
  if (a === undefined || b === undefined || c === undefined) throw new Error('Three calls are logged');
  expect(mostAtOnce([a, b, c])).toBe(2);
  expect(mostAtOnce([b, c])).toBe(1);
  expect(mostAtOnce([])).toBe(0);
});

test('calls of several pods are counted by workload and status', () => {
  const lines = [
    `[pod/frontend-7d9c5b6f4-x2x9q/server] ${line('01.000', 4, '/', { status: 502 })}`,
    `[pod/frontend-7d9c5b6f4-x2x9q/server] ${line('02.000', 4, '/', { status: 502 })}`,
    `[pod/frontend-7d9c5b6f4-x2x9q/server] ${line('02.000', 0, '/healthz')}`,
    `[pod/backend-c/server] ${line('02.000', 4, '/')}`,
  ];
  expect([...statusesByWorkload(lines.join('\n'))]).toEqual([
    ['frontend 502', 2],
    ['backend-c 200', 1],
  ]);
});
