import { expect, test } from 'vitest';

import { chosen, shardOf } from './shard.ts';

const files = ['a', 'b', 'c', 'd', 'e'];

test('shards are disjoint, together all, and of one size to within one', () => {
  const shards = ['1/3', '2/3', '3/3'].map((shard) => shardOf(files, shard));
  expect(shards).toEqual([['a', 'd'], ['b', 'e'], ['c']]);
});

test('without SHARD, or as the only shard, all files run', () => {
  expect(shardOf(files, undefined)).toEqual(files);
  expect(shardOf(files, '')).toEqual(files);
  expect(shardOf(files, '1/1')).toEqual(files);
});

test.for(['0/4', '5/4', '1', '1/0', 'a/b', '-1/4', '1/4/2', '1.5/4'])('SHARD=%s is a usage error', (shard) => {
  expect(() => shardOf(files, shard)).toThrow(
    expect.objectContaining({ exitCode: 2, message: `SHARD=${shard} is no shard` }),
  );
});

test('an empty shard is a usage error', () => {
  expect(() => shardOf(files, '6/6')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('a run says what it chose', () => {
  expect(chosen({})).toBe('');
  expect(chosen({ ONLY: 'm1.e4', SHARD: '1/2' })).toBe('m1.e4 SHARD=1/2');
});
