import { expect, test } from 'vitest';

import { clockTime } from './clock-time.ts';

test('times are minutes and seconds', () => {
  expect([0, 59_999, 60_000, 211_500].map(clockTime)).toEqual(['0:00', '0:59', '1:00', '3:31']);
});
