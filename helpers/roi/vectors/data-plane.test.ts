import { expect, test } from 'vitest';

import { dataPlaneVectors } from './data-plane.ts';

test.each(dataPlaneVectors)('%s %s: %s', (_rule, _what, given, byHand) => {
  expect(given).toBe(byHand);
});
