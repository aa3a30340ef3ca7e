import { expect, test } from 'vitest';

import { scopeOf, workloadOf } from './wishes.ts';

test('namespaces are separated by commas; none is all', () => {
  expect(scopeOf('shop, bare,shop')).toEqual(['shop', 'bare']);
  expect(scopeOf('')).toBeUndefined();
});

test.each(['shop,,bare', 'Shop', '../secrets', 'a/b', '-x'])('%s names no namespaces', (value) => {
  expect(() => scopeOf(value)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('a workload is named with its namespace', () => {
  expect(workloadOf('shop/web')).toEqual({ namespace: 'shop', workload: 'web' });
  expect(workloadOf(undefined)).toBeUndefined();
  expect(() => workloadOf('web')).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(() => workloadOf('shop/web/x')).toThrow(expect.objectContaining({ exitCode: 2 }));
});
