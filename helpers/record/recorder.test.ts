import { expect, test } from 'vitest';

import { nobody } from './audience.ts';
import { Recorder, warningsIn } from './recorder.ts';

test('warnings are the lines in which a program warns, and no others', () => {
  const stderr =
    'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\nError from server\n  Warning: unknown field\r\nthe flag --x has been deprecated\n';
  expect(warningsIn(stderr)).toEqual([
    'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    '  Warning: unknown field',
    'the flag --x has been deprecated',
  ]);
  expect(warningsIn('')).toEqual([]);
});

test('an exercise is watched where somebody hears what happens', () => {
  expect(new Recorder().isWatched).toBe(false);
  expect(new Recorder({ ...nobody }).isWatched).toBe(true);
});
