import { expect, test } from 'vitest';

import { wheelOffers } from './wheels.ts';

test('newer patches of the Envoys in use are written, a newer minor version is for a person to try', () => {
  const offers = wheelOffers(['1.41.0', '1.40.0', '1.39.4', '1.39.3', '1.38.3', '1.38.3.post1']);
  expect(offers.map(({ now, newer, byHand }) => [now, newer, byHand === undefined])).toEqual([
    ['1.39.3', '1.39.4', true],
    ['1.40.0', '1.41.0', false],
  ]);
  expect(wheelOffers(['1.40.0', '1.39.3'])).toEqual([]);
});
