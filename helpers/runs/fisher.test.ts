import { expect, test } from 'vitest';

import { chanceOf } from './fisher.ts';

test('the lady tasting tea', () => {
  expect(chanceOf([3, 4], [1, 4])).toBeCloseTo(0.4857, 4);
  expect(chanceOf([4, 4], [0, 4])).toBeCloseTo(0.0286, 4);
});

test('equal shares are no surprise, however many were counted', () => {
  expect(chanceOf([10, 40], [10, 40])).toBeCloseTo(1);
  expect(chanceOf([100, 1000], [100, 1000])).toBeCloseTo(1);
  expect(chanceOf([30, 30], [29, 29])).toBeCloseTo(1);
});

test('a share that doubled in a thousand calls is one', () => {
  expect(chanceOf([100, 1000], [200, 1000])).toBeLessThan(1e-8);
  expect(chanceOf([100, 1000], [120, 1000])).toBeGreaterThan(0.1);
});
