import { expect, test } from 'vitest';

import { compareVersions, newest, nothingNewer, reachOf, reasonOf } from './offer.ts';

test('versions are ordered by their numbers', () => {
  expect(compareVersions('1.9.0', '1.10.0')).toBeLessThan(0);
  expect(compareVersions('v1.36.3', '1.36.3')).toBe(0);
  expect(compareVersions('2.0', '1.99.9')).toBeGreaterThan(0);
});

test('the newest release within reach is offered, and nothing unfinished or older', () => {
  const offered = ['v1.36.1', 'v1.36.3', 'v1.36.5', 'v1.37.2', 'v2.0.0', 'v1.36.6-rc.1'];
  expect(newest('v1.36.3', offered, 'patch')).toBe('v1.36.5');
  expect(newest('v1.36.3', offered, 'minor')).toBe('v1.37.2');
  expect(newest('v1.36.3', offered, 'major')).toBe('v2.0.0');
  expect(newest('v1.36.5', offered, 'patch')).toBeUndefined();
});

test('reach is told by the first number that differs', () => {
  expect(reachOf('1.2.3', '1.2.4')).toBe('patch');
  expect(reachOf('1.2.3', '1.3.0')).toBe('minor');
  expect(reachOf('1.2.3', '2.0.0')).toBe('major');
});

test('the reason of a silent registry is one line without its address', () => {
  expect(reasonOf('\nnpm error request to https://registry.example/x failed\nmore')).toBe(
    'npm error request to its address failed',
  );
});

test('a registry that did not answer may have something newer', () => {
  const answered = { source: 'Debian', offers: [], asked: 3 } as const;
  expect(nothingNewer([answered])).toBe('all is of the newest');
  expect(nothingNewer([answered, { source: 'npm', offers: [], asked: 0, silent: 'no answer' }])).toBe(
    'nothing newer where a registry answered',
  );
});
