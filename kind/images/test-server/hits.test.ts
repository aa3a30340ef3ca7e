import { expect, test } from 'vitest';

import { Hits } from './hits.ts';

test('each key is counted from 1 by itself', () => {
  const hits = new Hits();
  expect(['a', 'a', 'b', 'a'].map((key) => hits.count(key))).toEqual([1, 2, 1, 3]);
  expect(hits.all()).toEqual({ a: 3, b: 1 });
});

test('a key that never came has 0 hits, also one that every object knows', () => {
  expect(new Hits().of('ghost')).toBe(0);
  expect(new Hits().of('constructor')).toBe(0);
});

test('clearing forgets every key', () => {
  const hits = new Hits();
  hits.count('a');
  hits.clear();
  expect(hits.count('a')).toBe(1);
});
