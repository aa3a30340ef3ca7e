import { expect, test } from 'vitest';

import { checkFree } from './resources.ts';

test('too little disk and too little memory are told apart, and enough of both passes', () => {
  expect(() => checkFree(15e9, { diskBytes: 14e9, memoryBytes: 8e9 })).toThrow('14.0 GB of disk');
  expect(() => checkFree(15e9, { diskBytes: 14e9, memoryBytes: 8e9 })).toThrow('15.0 GB are needed');
  expect(() => checkFree(15e9, { diskBytes: 20e9, memoryBytes: 5e9 })).toThrow('5.0 GB of memory');
  expect(() => checkFree(15e9, { diskBytes: 15e9, memoryBytes: 6e9 })).not.toThrow();
});
