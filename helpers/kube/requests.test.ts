import { expect, test } from 'vitest';

import { readRequests } from './requests.ts';

test.each([
  [
    { cpu: '100m', memory: '128Mi' },
    { milliCpu: 100, mebibytes: 128 },
  ],
  [
    { cpu: '0.5', memory: '2Gi' },
    { milliCpu: 500, mebibytes: 2048 },
  ],
  [
    { cpu: 2, memory: '512Ki' },
    { milliCpu: 2000, mebibytes: 0.5 },
  ],
])('%j', (requests, read) => {
  expect(readRequests(requests)).toEqual(read);
});

test.each([[{}], [{ cpu: '100m' }], [{ memory: '128Mi' }], [{ cpu: '100m', memory: '128M' }]])(
  '%j is refused, and not read as nothing',
  (requests) => {
    expect(() => readRequests(requests)).toThrow(RangeError);
  },
);
