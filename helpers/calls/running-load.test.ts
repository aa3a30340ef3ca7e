import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ExpectationError } from '../system/expectation-error.ts';
import { RunningLoad } from './running-load.ts';

const transcript = { command: '', stdout: '', stderr: 'pod not found', exitCode: 1, durationMs: 0 };

function loadAt(seconds: number): RunningLoad {
  return new RunningLoad(async () => seconds);
}

test('calls are waited for as they are printed', async () => {
  const load = loadAt(0);
  const waiting = load.calls(2).then(() => 'two were made');
  load.hear('@call 0 10.96.0.7 0.004 1000.250000');
  load.hear('{"pod":"backend-v1-a"}');
  expect(await Promise.race([waiting, setImmediate('not yet')])).toBe('not yet');
  load.hear('@call 7  0.004 1000.300000');
  expect(await waiting).toBe('two were made');
});

test('a moment is noted when all calls that began before it have ended', async () => {
  const load = loadAt(1000.5);
  load.hear('@call 0 10.96.0.7 0.004 1000.250000');
  const marking = load.mark('route applied');
  load.hear('@call 0 10.96.0.7 0.900 1000.400000');
  load.end(transcript);
  await expect(marking).rejects.toThrow('0 of 1 calls');
});

test('a call that began before the last mark does not count after it', async () => {
  const load = loadAt(1000.5);
  load.hear('@call 0 10.96.0.7 0.004 1000.250000');
  load.hear('@call 0 10.96.0.7 0.004 1000.500000');
  await load.mark('route applied');
  expect(load.marks).toEqual([{ seconds: 1000.5, label: 'route applied' }]);
  const waiting = load.calls(2);
  load.end(transcript);
  await expect(waiting).rejects.toThrow('1 of 2 calls');
});

test('a load that ends ends who waits for it, with what it said', async () => {
  const load = loadAt(0);
  const waiting = load.calls(3);
  load.hear('@call 0 10.96.0.7 0.004 1000.250000');
  load.end(transcript);
  await expect(waiting).rejects.toMatchObject({
    message: 'The load ended when 1 of 3 calls were made',
    cause: { message: 'pod not found' },
  });
  await expect(load.calls(2)).rejects.toThrow('1 of 2 calls');
  await load.calls(1);
});

test('a call that ends in a certain way is waited for, and one from before the last mark is none', async () => {
  const load = loadAt(1000.5);
  const call = (status: string, began: string) => {
    for (const line of [`HTTP/1.1 ${status}\r`, '\r', 'body', `@call 0 10.96.0.7 0.004 ${began}`]) load.hear(line);
  };
  call('403 Forbidden', '1000.250000');
  const marking = load.mark('deleted');
  call('200 OK', '1000.500000');
  await marking;
  const refused = load.until('is refused', ({ status, body }) => status === 403 && body.trim() === 'body');
  expect(await Promise.race([refused.then(() => 'refused'), setImmediate('not yet')])).toBe('not yet');
  call('403 Forbidden', '1000.600000');
  await refused;
  const lost = load.until('gets no answer', ({ status }) => status === 0);
  load.end(transcript);
  await expect(lost).rejects.toThrow('The load ended before a call gets no answer; 2 were made');
});

test('calls in a row are waited for, and one that ends otherwise begins the row anew', async () => {
  const load = loadAt(1000);
  const call = (version: string, began: string) => {
    for (const line of ['HTTP/1.1 200 OK\r', '\r', version, `@call 0 10.96.0.7 0.004 ${began}`]) load.hear(line);
  };
  const twice = (version: string) => load.inARow(2, `meet ${version}`, ({ body }) => body.trim() === version);
  const row = twice('v1').then(() => 'two in a row');
  call('v1', '1000.100000');
  call('v3', '1000.200000');
  call('v1', '1000.300000');
  expect(await Promise.race([row, setImmediate('not yet')])).toBe('not yet');
  call('v1', '1000.400000');
  expect(await row).toBe('two in a row');
  const lost = twice('v3');
  load.end(transcript);
  await expect(lost).rejects.toThrow('The load ended before 2 calls in a row meet v3; 0 of the latest 2 did');
});

test('a whole load that was answered otherwise is an expectation not met, and one that broke off is none', async () => {
  const endedWith = async (exitCode: number, answer: string) => {
    const load = loadAt(1000);
    for (const line of [`HTTP/1.1 ${answer}\r`, '\r', 'west', '@call 0 10.96.0.7 0.004 1000.100000']) load.hear(line);
    const lost = load.inARow(1, 'are answered by east', ({ body }) => body.trim() === 'east');
    load.end({ ...transcript, exitCode });
    return lost.catch((error: unknown) => error);
  };
  expect(await endedWith(0, '200 OK')).toMatchObject({ sawAnswer: true });
  expect(await endedWith(0, '503 Service Unavailable')).toMatchObject({ sawAnswer: false });
  expect(await endedWith(124, '200 OK')).toMatchObject({ sawAnswer: true });
  expect(await endedWith(1, '200 OK')).not.toBeInstanceOf(ExpectationError);
});
