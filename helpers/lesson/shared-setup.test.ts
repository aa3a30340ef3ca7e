import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeEach, expect, test } from 'vitest';

import { stateDir } from '../system/paths.ts';
import { SharedSetup } from './shared-setup.ts';

/** A path that no exercise has, of its own for each test. */
let exercise: string;
beforeEach(() => {
  exercise = `test/${process.pid}-${performance.now()}`;
});

test('a set-up stays as the claim before left it, and goes with the last', async () => {
  const first = await SharedSetup.take(exercise, 2);
  expect([first.isDeployed, first.isLast]).toEqual([false, false]);
  first.isDeployed = true;
  await first.end();
  const second = await SharedSetup.take(exercise, 2);
  expect([second.isDeployed, second.isLast]).toEqual([true, true]);
  await second.end();
});

test('a turn begins when the one before it has ended, and not earlier', async () => {
  const first = await SharedSetup.take(exercise, 2);
  const order: string[] = [];
  const second = SharedSetup.take(exercise, 2).then((turn) => {
    order.push('second begins');
    return turn;
  });
  order.push('first ends');
  await first.end();
  await (await second).end();
  expect(order).toEqual(['first ends', 'second begins']);
});

test('the turn of a process that died is over, and nothing is known of the set-up that it left', async () => {
  const file = join(stateDir, 'shared-setups', exercise.replaceAll('/', '.'));
  await mkdir(join(stateDir, 'shared-setups'), { recursive: true });
  await writeFile(file, '{"deployed":true,"ended":1}');
  // Process ids end far below.
  await writeFile(`${file}.turn`, '99999999');
  const next = await SharedSetup.take(exercise, 3);
  expect(next.isDeployed).toBe(false);
  await next.end();
});
