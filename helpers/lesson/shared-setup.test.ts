import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { SharedSetup } from './shared-setup.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turns-'));
});
afterEach(() => rm(folder, { recursive: true }));

const take = (claims: number) => SharedSetup.take('01-module/02-exercise', claims, folder);

test('a set-up stays as the claim before left it, and goes with the last', async () => {
  const first = await take(2);
  expect([first.takeOver(), first.isShared, first.isLast]).toEqual([false, true, false]);
  first.leave();
  await first.end();
  const second = await take(2);
  expect([second.takeOver(), second.isLast]).toEqual([true, true]);
  await second.end();
});

test('a claim that is played again in its turn deploys anew, and its last play ends the set-up', async () => {
  const turn = await take(2);
  turn.takeOver();
  turn.leave();
  turn.again();
  expect([turn.takeOver(), turn.isLast]).toEqual([false, true]);
  await turn.end();
});

test('what a claim took over is not there for the next unless it was seen to be left', async () => {
  const first = await take(3);
  first.leave();
  await first.end();
  const broken = await take(3);
  broken.takeOver();
  await broken.end();
  const third = await take(3);
  expect(third.takeOver()).toBe(false);
  await third.end();
});

test('a claim that was skipped leaves what it found', async () => {
  const first = await take(3);
  first.leave();
  await first.end();
  await (await take(3)).end();
  const third = await take(3);
  expect(third.takeOver()).toBe(true);
  await third.end();
});

test('where nothing is shared, nothing is taken over from an earlier run', async () => {
  const first = await take(2);
  first.leave();
  await first.end();
  const alone = await take(1);
  expect([alone.takeOver(), alone.isShared]).toEqual([false, false]);
  await alone.end();
});

test('a turn begins when the one before it has ended, and not earlier', async () => {
  const first = await take(2);
  const order: string[] = [];
  const second = take(2).then((turn) => {
    order.push('second begins');
    return turn;
  });
  order.push('first ends');
  await first.end();
  await (await second).end();
  expect(order).toEqual(['first ends', 'second begins']);
});

test('the turn of a process that died is over for one of those who wait, and nothing is known of the set-up', async () => {
  const file = join(folder, '01-module.02-exercise');
  await writeFile(file, '{"deployed":true,"ended":1}');
  // Process ids end far below.
  await writeFile(`${file}.turn`, '99999999');
  const seen = await Promise.all(
    [0, 1].map(async () => {
      const turn = await take(3);
      const there = turn.takeOver();
      await turn.end();
      return there;
    }),
  );
  expect(seen).toEqual([false, false]);
});
