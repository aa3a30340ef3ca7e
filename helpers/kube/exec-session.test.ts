import { expect, test } from 'vitest';

import { run } from '../system/program.ts';
import { marked, Printed, whyEnded } from './exec-session.ts';

/** What an output holds after the shell printed these pieces. */
async function after(...pieces: string[]): Promise<Printed> {
  const printed = new Printed();
  printed.expect('token');
  for (const piece of pieces) printed.stream.write(piece);
  await new Promise((resolve) => void printed.stream.end(resolve));
  return printed;
}

test('what a command printed ends where the mark begins, also in pieces', async () => {
  expect(await after('one\ntwo\ntok', 'en\n\ntok', 'en 7\n')).toMatchObject({ text: 'one\ntwo\ntoken\n', end: '7' });
  expect(await after('no line break\ntoken 0\n')).toMatchObject({ text: 'no line break', end: '0' });
  expect(await after('\ntoken \n')).toMatchObject({ text: '', end: '' });
});

test('without its mark, a command goes on', async () => {
  expect(await after('one\n')).toMatchObject({ text: 'one\n', end: undefined });
});

test('lines are told as they come, those of the mark are not', async () => {
  const heard: string[] = [];
  const printed = new Printed();
  printed.expect('token', (line) => heard.push(line));
  for (const piece of ['one\ntw', 'o\nthree\n', '\ntoken 0\n']) printed.stream.write(piece);
  await new Promise((resolve) => void printed.stream.end(resolve));
  expect(heard).toEqual(['one', 'two', 'three']);
});

test('a shell marks both outputs, and keeps its own standard input', async () => {
  const input =
    marked('(exec cat) </dev/null', 'first') + marked('(exec sh -c "echo out; echo err >&2; exit 3")', 'second');
  expect(await run('sh', [], { input })).toMatchObject({
    stdout: '\nfirst 0\nout\n\nsecond 3\n',
    stderr: '\nfirst \nerr\n\nsecond \n',
  });
});

test('a shell that was lost is not told in the words for a command that failed', () => {
  const killed = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated with exit code 137',
    details: { causes: [{ reason: 'ExitCode', message: '137' }] },
  };
  expect(whyEnded(killed)).toBe('the shell ended: exit code 137');
  expect(whyEnded({ reason: 'InternalError' })).toBe('the shell ended: InternalError');
});
