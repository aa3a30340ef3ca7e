import { expect, test } from 'vitest';

import { npmOffers } from './npm.ts';

test('what package.json names is offered each by itself, all else as one, and an older latest not at all', () => {
  const told = {
    vitest: { current: '5.1.1', wanted: '5.1.1', latest: '5.2.0', dependent: 'x' },
    execa: { current: '10.2.1', wanted: '10.2.1', latest: '9.6.1', dependent: 'x' },
    '@types/node': [
      { current: '24.19.2', wanted: '24.19.2', latest: '26.6.7', dependent: 'testcontainers' },
      { current: '24.19.2', wanted: '24.19.4', latest: '26.6.7', dependent: 'x' },
    ],
    picomatch: [
      { current: '4.0.0', wanted: '4.0.1', latest: '4.0.1' },
      { current: '2.0.0', wanted: '2.0.0', latest: '4.0.1' },
    ],
    '@esbuild/aix': { wanted: '1.0.0', latest: '1.0.0' },
  };
  const offers = npmOffers(told, { vitest: '5.1.1', execa: '10.2.1', '@types/node': '^24' }, 'x');
  expect(offers.map(({ part, now, newer, reach }) => `${part} ${now} ${newer} ${reach}`)).toEqual([
    'vitest 5.1.1 5.2.0 minor',
    '@types/node 24.19.2 24.19.4 patch',
    '1 packages that others ask for locked newest that is asked for patch',
  ]);
});
