import { expect, test } from 'vitest';

import { converge, paced, watchFor, within } from './polling.ts';

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

test('starts anew when a confirmation contradicts', async () => {
  const answers = [true, false, true, true, true];
  const answer = () => answers.shift() ?? false;
  const wait = await converge(
    async () => answer(),
    (yes) => yes,
    { ...options, deadlineMs: 5_000, confirm: async () => [answer()] },
  );
  expect(wait).toMatchObject({ holds: true, attempts: 4 });
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

test('what is to stay as it is is looked at again until its time has passed, or it does not', async () => {
  const looks = [1, 1, 0, 1];
  const seen = await watchFor(
    async () => looks.shift() ?? 1,
    (look) => look === 1,
    5_000,
  );
  expect(seen).toEqual([1, 1, 0]);
  expect(
    await watchFor(
      async () => 1,
      (look) => look === 1,
      1,
    ),
  ).toEqual([1]);
  expect(
    await watchFor(
      async () => 1,
      (look) => look === 1,
      0,
    ),
  ).toEqual([]);
});

test('what is paced begins apart, also when it is asked for at once', async () => {
  const turn = paced(200);
  const begun = await Promise.all([1, 2, 3].map(() => turn().then(() => performance.now())));
  const [first = 0, second = 0, third = 0] = begun;
  // A busy machine may begin one late, never early.
  expect(second - first).toBeGreaterThan(100);
  expect(third - first).toBeGreaterThan(390);
});

test('work within its time is what it comes to, also where it fails; what takes longer is given up', async () => {
  const late = () => new Error('not done');
  const never = new Promise<string>(() => undefined);
  expect(await within(Promise.resolve('done'), 5_000, late)).toBe('done');
  await expect(within(Promise.reject(new Error('red')), 5_000, late)).rejects.toThrow('red');
  await expect(within(never, 10, late)).rejects.toThrow('not done');
});
