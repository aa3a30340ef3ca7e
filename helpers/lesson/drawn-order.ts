import { randomInt } from 'node:crypto';

/** A seed that nobody has chosen; the report tells it, so that a run can be looked into. */
export function drawSeed(): number {
  return randomInt(1, 2 ** 31);
}

/**
 * All items in an order that the seed decides, each order with the same chance (Fisher and Yates); the numbers come from
 * mulberry32, since the language has no generator that takes a seed.
 */
export function drawnOrder<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const order = [...items];
  for (let left = order.length; left > 1; left -= 1) {
    const [drawn] = order.splice(below(left), 1);
    if (drawn !== undefined) order.push(drawn);
  }
  return order;
}
