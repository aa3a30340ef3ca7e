import { expect, test } from 'vitest';

import { areOfOneMinor } from './istio-version.ts';

test('an assembled program and a release of the same minor belong together', () => {
  expect(areOfOneMinor('1.31-eed52ebb66ad', '1.31.1')).toBe(true);
  expect(areOfOneMinor('1.31.0', '1.31.4')).toBe(true);
});

test.each([
  ['1.31.1', '1.30.4'],
  ['1.3.1', '1.31.1'],
  ['unknown', 'unknown'],
  [undefined, undefined],
])('%s and %s do not', (one, other) => {
  expect(areOfOneMinor(one, other)).toBe(false);
});
