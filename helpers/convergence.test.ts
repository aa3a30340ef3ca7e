import { expect, test } from 'vitest';

import { converge } from './convergence.ts';

const options = { deadlineMs: 40, firstPauseMs: 1 };

test('asks until the expectation holds, and says how often it asked', async () => {
  let asked = 0;
  const wait = await converge(
    async () => (asked += 1),
    (n) => n >= 3,
    { ...options, deadlineMs: 5_000 },
  );
  expect(wait).toMatchObject({ holds: true, last: 3, attempts: 3 });
});

test('starts the row anew when a confirmation contradicts', async () => {
  const answers = [true, false, true, true, true];
  const wait = await converge(
    async () => answers.shift() ?? true,
    (yes) => yes,
    { ...options, deadlineMs: 5_000, inARow: 3 },
  );
  expect(wait.holds).toBe(true);
  expect(wait.attempts).toBeGreaterThan(3);
});

test('gives up at the deadline and keeps the last evidence', async () => {
  const wait = await converge(
    async () => 'no',
    (text) => text === 'yes',
    options,
  );
  expect(wait).toMatchObject({ holds: false, last: 'no', deadlineMs: 40 });
});

test('passes an error of the attempt on: what may be retried is the attempt’s to decide', async () => {
  await expect(
    converge(
      () => Promise.reject(new Error('gone')),
      () => true,
      options,
    ),
  ).rejects.toThrow('gone');
});

test('confirms all at once where that is how it is to be confirmed', async () => {
  const asked: number[] = [];
  const again = async (held: string, times: number) => {
    asked.push(times);
    return Array.from({ length: times }, () => held);
  };
  const wait = await converge(
    async () => 'yes',
    (text) => text === 'yes',
    { ...options, inARow: 5, again },
  );
  expect(wait).toMatchObject({ holds: true, attempts: 5 });
  expect(asked).toEqual([4]);
});
