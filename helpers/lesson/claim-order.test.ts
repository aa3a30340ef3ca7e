import { expect, test } from 'vitest';

import { inOrder } from './claim-order.ts';

const claims = (...names: readonly (readonly [string, number])[]) =>
  names.map(([claim, seconds]) => ({
    claim,
    seconds,
    chain: /^[a-z]+(?=\d)/.exec(claim)?.[0],
    failed: claim.endsWith('!'),
  }));

test('claims that are alone begin with the longest', () => {
  expect(inOrder(claims(['short', 1], ['long', 9], ['middle', 5]), 2)).toEqual(['long', 'middle', 'short']);
});

test('what failed the last time begins, with the others of its set-up', () => {
  expect(inOrder(claims(['long', 9], ['short!', 1]), 1)).toEqual(['short!', 'long']);
});

test('claims of one set-up are as far apart as those before them take', () => {
  expect(inOrder(claims(['a1', 10], ['a2', 10], ['x', 4], ['y', 4], ['z', 4]), 2)).toEqual(['a1', 'x', 'y', 'z', 'a2']);
});

test('none is lost, whatever the number of workers', () => {
  const all = claims(['a1', 3], ['b1', 2], ['a2', 1], ['b2', 7], ['x', 4]);
  for (const workers of [0, 1, 3, 9]) expect(inOrder(all, workers).toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'x']);
});
