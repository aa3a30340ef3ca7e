import { expect, test } from 'vitest';

import { specFiles } from './run-lessons.ts';

test('an exercise, an assertion, a module and a part of a path each choose their specs', async () => {
  const all = await specFiles('');
  const module = await specFiles('m1');
  const exercise = await specFiles('m1.e4');
  expect(module.length).toBeLessThan(all.length);
  expect(exercise.length).toBeLessThan(module.length);
  expect(await specFiles('m1.e4.a10')).toHaveLength(1);
  expect(await specFiles('05-follows-the-pod')).toHaveLength(1);
});

test('an id is taken whole, so that m1.e1 is not m1.e11', async () => {
  const files = await specFiles('m1.e1');
  expect(files.length).toBeGreaterThan(0);
  expect(files.every((file) => file.includes('01-basic-networking'))).toBe(true);
});

test('what fits nothing is a usage error that says what to look at', async () => {
  await expect(specFiles('m9.e9')).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('specs/README.md'),
  });
});
