import { expect, test } from 'vitest';

import { checkResources } from './resources.ts';

test('too little disk and too little memory are told apart, and enough of both passes', async () => {
  await expect(checkResources('assembled', { diskBytes: 14e9, memoryBytes: 8e9 })).rejects.toThrow('14.0 GB of disk');
  await expect(checkResources('assembled', { diskBytes: 20e9, memoryBytes: 5e9 })).rejects.toThrow('5.0 GB of memory');
  await expect(checkResources('assembled', { diskBytes: 15e9, memoryBytes: 6e9 })).resolves.toBeUndefined();
});

test('images of a registry need less disk than those that are assembled', async () => {
  await expect(checkResources('upstream', { diskBytes: 14e9, memoryBytes: 8e9 })).resolves.toBeUndefined();
  await expect(checkResources('upstream', { diskBytes: 7e9, memoryBytes: 8e9 })).rejects.toThrow('8.0 GB are needed');
});
