import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';

import { expect, test } from 'vitest';

import { demoKeys, followKeys, Keys, wishOf } from './keys.ts';

function typed() {
  const input = Object.assign(new PassThrough(), { setRawMode: () => input });
  return { input, keys: new Keys(input as unknown as ReadStream, demoKeys) };
}

test('keys mean what their presenter has for them, or nothing; q and Ctrl-C end everywhere', () => {
  expect(wishOf({ name: 'return' }, followKeys)).toBe('next');
  expect(wishOf({ name: 'a' }, followKeys)).toBe('all');
  expect(wishOf({ name: 'a' }, demoKeys)).toBeUndefined();
  expect(['n', 'r', 'e'].map((name) => wishOf({ name }, demoKeys))).toEqual(['notes', 'again', 'recorded']);
  expect(wishOf({ name: 'c', ctrl: true }, followKeys)).toBe('quit');
  expect(wishOf({ name: 'r', ctrl: true }, demoKeys)).toBeUndefined();
});

test('a key that means nothing is passed over', async () => {
  const { input, keys } = typed();
  const wish = keys.wish();
  input.write('x');
  input.write('\r');
  expect(await wish).toBe('next');
});

test('whoever waits for a key need not wait for one when it ends otherwise', async () => {
  const { keys } = typed();
  const wish = keys.wish();
  keys.end();
  expect(await wish).toBe('quit');
  expect(keys.quit).toBe(true);
  expect(await keys.wish()).toBe('quit');
});

test('q is heard while nobody waits for a key', async () => {
  const { input, keys } = typed();
  input.write('q');
  expect(await keys.wish()).toBe('quit');
});
