import { expect, test } from 'vitest';

import { chanceOfClimb, chanceOfLeavingOut, chanceOfOnlyOne, chanceOutside, onceIn } from './chance.ts';

test('the chance of a count outside its bounds is that of the binomial distribution', () => {
  expect(chanceOutside(2, 0.5, 1, 1)).toBeCloseTo(0.5, 12);
  expect(chanceOutside(10, 0.3, 0, 10)).toBe(0);
  expect(chanceOutside(10, 0.3, 1, 10)).toBeCloseTo(0.7 ** 10, 12);
  // Of a thousand fair draws of one in five, fewer than 150 or more than 250: four standard deviations.
  expect(chanceOutside(1_000, 0.2, 150, 250)).toBeGreaterThan(4e-5);
  expect(chanceOutside(1_000, 0.2, 150, 250)).toBeLessThan(9e-5);
});

test('counts of thousands neither overflow nor vanish', () => {
  expect(chanceOutside(3_000, 0.5, 3_001, 3_001)).toBeCloseTo(1, 9);
  expect(chanceOutside(3_000, 0.5, 1_500, 3_000) + chanceOutside(3_000, 0.5, 0, 1_499)).toBeCloseTo(1, 9);
});

test('pods that are left out: of two coins one side is missed as often as both fall alike', () => {
  expect(chanceOfLeavingOut(2, 2)).toBeCloseTo(0.5, 12);
  expect(chanceOfLeavingOut(3, 3)).toBeCloseTo(1 - 6 / 27, 12);
  expect(chanceOfOnlyOne(3, 3)).toBeCloseTo(3 / 27, 12);
  expect(chanceOfLeavingOut(2, 3)).toBeCloseTo(1, 12);
});

test('failures that fall on the later half by luck: as often as cards are dealt so', () => {
  // Two failures among four calls: both in the later two in one of six deals.
  expect(chanceOfClimb({ calls: 2, failed: 0 }, { calls: 2, failed: 2 })).toBeCloseTo(1 / 6, 12);
  expect(chanceOfClimb({ calls: 2, failed: 2 }, { calls: 2, failed: 0 })).toBeCloseTo(1, 12);
  expect(chanceOfClimb({ calls: 53, failed: 9 }, { calls: 54, failed: 44 })).toBeLessThan(1e-9);
});

test('a chance is told in numbers that people can say, and never made smaller than it is', () => {
  expect(onceIn(1 / 16_789)).toBe('once in 16,000 runs');
  expect(onceIn(1 / 430)).toBe('once in 430 runs');
  expect(onceIn(1 / 3.79e6)).toBe('once in 3.7 million runs');
  expect(onceIn(1 / 2e6)).toBe('once in 2 million runs');
  expect(onceIn(2.61e-8)).toBe('once in 38 million runs');
  expect(onceIn(1e-9)).toBe('once in 10^9 runs');
  expect(onceIn(7e-14)).toBe('once in 10^13 runs');
});
