import { expect, test } from 'vitest';

import { durationMs } from './duration.ts';

test.for([
  ['0', 0],
  ['300ms', 300],
  ['1.5s', 1_500],
  ['10m', 600_000],
] as const)('%s is %i ms', ([text, ms]) => {
  expect(durationMs(text)).toBe(ms);
});

test.for(['', '300', '-1s', '1h', '11m', 's', '1 s', '1e3ms'])('"%s" is no duration', (text) => {
  expect(durationMs(text)).toBeUndefined();
});
