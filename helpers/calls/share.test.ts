import { expect, test } from 'vitest';

import { isShared } from './share.ts';

const aTenth = isShared('500 v3', '200 v1', { calls: 100, least: 5, most: 15 });

test('a share is within its bounds, and the rest is all of one other kind', () => {
  expect(aTenth({ '200 v1': 95, '500 v3': 5 })).toBe(true);
  expect(aTenth({ '200 v1': 85, '500 v3': 15 })).toBe(true);
  expect(aTenth({ '200 v1': 96, '500 v3': 4 })).toBe(false);
  expect(aTenth({ '200 v1': 84, '500 v3': 16 })).toBe(false);
});

test('calls that are missing, or of a third kind, are no rest', () => {
  expect(aTenth({ '200 v1': 89, '500 v3': 10 })).toBe(false);
  expect(aTenth({ '200 v1': 89, '500 v3': 10, '503 of no version': 1 })).toBe(false);
  expect(isShared('v2', 'v1', { calls: 10, least: 0, most: 5 })({ v1: 10 })).toBe(true);
});
