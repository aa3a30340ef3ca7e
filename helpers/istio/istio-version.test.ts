import { expect, test } from 'vitest';

import { areOfOneMinor, minorOfMesh } from './istio-version.ts';

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

test('the minor release of the control plane is read, of an assembled one too', () => {
  const told = (version: string) => JSON.stringify({ clientVersion: {}, meshVersion: [{ Info: { version } }] });
  expect(minorOfMesh(told('1.31-eed52ebb66ad'))).toBe(31);
  expect(minorOfMesh(told('1.30.4'))).toBe(30);
});

test('where no control plane is told, no release is taken for its own', () => {
  expect(() => minorOfMesh('{"clientVersion":{}}')).toThrow('No release of a control plane is told');
});
