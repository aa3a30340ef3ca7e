import { expect, test } from 'vitest';

import { screenWidth } from './screen-width.ts';

test('a line is as long as the terminal, unless that is not known or more than can be read', () => {
  expect([80, 240, 0, undefined].map(screenWidth)).toEqual([80, 120, 100, 100]);
});
