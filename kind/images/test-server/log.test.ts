import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type AccessLine, logWhenDone } from './log.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A call that is logged, with time that passes when it is told to. */
function call(writableFinished: boolean) {
  const lines: AccessLine[] = [];
  const response = Object.assign(new EventEmitter(), { statusCode: 200, writableFinished });
  const request = { method: 'GET', url: '/', headers: { host: 'backend' }, socket: {} };
  const answering = logWhenDone(request as IncomingMessage, response as unknown as ServerResponse, 1, (line) =>
    lines.push(line),
  );
  return { answering, lines, closed: () => response.emit('close') };
}

test('a call ends when its answer is sent, however late that is noticed', () => {
  const { answering, lines, closed } = call(true);
  vi.advanceTimersByTime(300);
  answering();
  vi.advanceTimersByTime(80);
  expect(lines).toEqual([]);
  closed();
  expect(lines).toMatchObject([{ time: '1970-01-01T00:00:00.300Z', host: 'backend', durationMs: 300 }]);
});

test('a call whose caller goes ends then, even while the answer is on its way', () => {
  const { answering, lines, closed } = call(false);
  answering();
  vi.advanceTimersByTime(80);
  closed();
  expect(lines).toMatchObject([{ durationMs: 80, abandoned: true }]);
});
