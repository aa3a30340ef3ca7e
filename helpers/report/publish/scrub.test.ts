import { expect, test } from 'vitest';

import { forgetFolder, redactErrors } from './scrub.ts';

test('makes paths of this machine relative to the project', () => {
  expect(
    forgetFolder('at file:///home/ann/course/helpers/probe.ts:7, /home/ann/course/specs/a.ts', '/home/ann/course'),
  ).toBe('at helpers/probe.ts:7, specs/a.ts');
});

test('redacts errors at every depth and keeps the rest of the result', () => {
  const key = ['-----BEGIN PRIVATE', 'KEY-----\nMIIEvQ'].join(' ');
  const result = {
    name: 'A',
    statusDetails: { message: `leaks ${key}` },
    steps: [{ name: 'B', statusDetails: { trace: key } }],
  };
  expect(JSON.parse(redactErrors(JSON.stringify(result)))).toEqual({
    name: 'A',
    statusDetails: { message: 'leaks [private key removed]' },
    steps: [{ name: 'B', statusDetails: { trace: '[private key removed]' } }],
  });
});
