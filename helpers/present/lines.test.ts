import { PassThrough } from 'node:stream';

import { expect, test } from 'vitest';

import { Lines } from './lines.ts';

function typed() {
  const input = new PassThrough();
  const output = new PassThrough();
  return { input, output, lines: new Lines(input, output) };
}

test('a line is what was typed after its prompt', async () => {
  const { input, output, lines } = typed();
  const line = lines.ask('0:12 > ');
  input.write('2 backend\n');
  expect(await line).toBe('2 backend');
  expect(String(output.read())).toBe('0:12 > ');
});

test('what was typed before anybody asked is kept', async () => {
  const { input, lines } = typed();
  const first = lines.ask('> ');
  input.write('one\ntwo\nthree\n');
  expect(await first).toBe('one');
  expect(await lines.ask('> ')).toBe('two');
  expect(await lines.ask('> ')).toBe('three');
});

test('whoever waits for a line need not wait for one when it ends', async () => {
  const { lines } = typed();
  const line = lines.ask('> ');
  lines.end();
  expect(await line).toBeUndefined();
  expect(lines.ended).toBe(true);
  expect(await lines.ask('> ')).toBeUndefined();
});

test('the end of what is typed ends it', async () => {
  const { input, lines } = typed();
  const line = lines.ask('> ');
  input.end();
  expect(await line).toBeUndefined();
});
