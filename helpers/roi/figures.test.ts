import { expect, test } from 'vitest';

import { count, halfUp, money, percent, percentOf } from './figures.ts';

test.each([
  [0.25, 1, 0.3],
  [0.285, 2, 0.29],
  [1.005, 2, 1.01],
  [-0.25, 1, -0.2],
  [2.5, 0, 3],
  [-2.5, 0, -2],
])('%d to %d decimals, half up, is %d', (value, decimals, rounded) => {
  expect(halfUp(value, decimals)).toBe(rounded);
});

test('a share has one decimal, and may be negative or above 100 %', () => {
  expect(percentOf(1, 3)).toBe(33.3);
  expect(percentOf(-1, 3)).toBe(-33.3);
  expect(percentOf(7, 2)).toBe(350);
});

test.each([[0], [-1]])('there is no share of %d', (whole) => {
  expect(() => percentOf(1, whole)).toThrow(RangeError);
});

test('figures are written with separators; money has no cents, percentages always one decimal', () => {
  expect(money(177_250)).toBe('$177,250');
  expect(money(-4_000.4)).toBe('-$4,000');
  expect(percent(1_009.8)).toBe('1,009.8 %');
  expect(percent(95)).toBe('95.0 %');
  expect(count(0.5)).toBe('0.5');
});
