import { expect, test } from 'vitest';

import { isWanted, scopeOf, workloadOf } from './wishes.ts';

test('namespaces are separated by commas; none is all', () => {
  expect(scopeOf('shop, bare,shop')).toEqual(['shop', 'bare']);
  expect(scopeOf('')).toBeUndefined();
});

test.each(['shop,,bare', 'Shop', '../secrets', 'a/b', '-x'])('%s names no namespaces', (value) => {
  expect(() => scopeOf(value)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('another word than yes or no is refused, and not taken for no', () => {
  expect(isWanted('PLAN', 'yes')).toBe(true);
  expect(isWanted('PLAN', undefined)).toBe(false);
  expect(() => isWanted('PLAN', '1')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('a workload is named with its namespace', () => {
  expect(workloadOf('shop/web')).toEqual({ namespace: 'shop', workload: 'web' });
  expect(workloadOf(undefined)).toBeUndefined();
  expect(() => workloadOf('web')).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(() => workloadOf('shop/web/x')).toThrow(expect.objectContaining({ exitCode: 2 }));
});
