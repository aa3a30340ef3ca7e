import { expect, test } from 'vitest';

import { chooseImageSource } from './image-source.ts';

const answers = async () => true;
const silent = async () => false;

test('auto takes upstream images where a registry answers, and assembles where none does', async () => {
  expect(await chooseImageSource('auto', answers)).toBe('upstream');
  expect(await chooseImageSource(undefined, silent)).toBe('assembled');
});

test('IMAGES=upstream without a registry says what to type instead', async () => {
  await expect(chooseImageSource('upstream', silent)).rejects.toMatchObject({
    exitCode: 3,
    next: expect.stringContaining('IMAGES=assembled'),
  });
});

test('an unknown source is a usage error that lists the known ones', async () => {
  await expect(chooseImageSource('mirror', answers)).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('assembled'),
  });
});
