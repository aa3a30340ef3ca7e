import { expect, test } from 'vitest';

import { drawnOrder, drawSeed } from './drawn-order.ts';

test('the same seed draws the same order, of all items', () => {
  const order = drawnOrder(['a', 'b', 'c', 'd'], 7);
  expect(drawnOrder(['a', 'b', 'c', 'd'], 7)).toEqual(order);
  expect(order.toSorted()).toEqual(['a', 'b', 'c', 'd']);
});

test('each order comes about as often as the others', () => {
  const orders = Array.from({ length: 6_000 }, (_, seed) => drawnOrder(['a', 'b', 'c'], seed * 357_913).join(''));
  const counts = [...Map.groupBy(orders, (order) => order).values()].map((same) => same.length);
  expect(counts).toHaveLength(6);
  // A thousand each; six standard deviations are 170.
  expect(counts.every((count) => Math.abs(count - 1_000) < 170)).toBe(true);
});

test('a seed is drawn anew each time', () => {
  const seeds = new Set(Array.from({ length: 5 }, drawSeed));
  expect(seeds.size).toBeGreaterThan(1);
});
