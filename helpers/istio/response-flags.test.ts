import { expect, test } from 'vitest';

import { flagCells, responseFlags } from './response-flags.ts';

/** As `CoreResponseFlag` in Envoy's stream_info.h has them. */
const envoy =
  'LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR UDO'.split(' ');

test("each of Envoy's flags is there once, in the order of the alphabet", () => {
  const flags = responseFlags.map(({ flag }) => flag);
  expect(flags).toEqual(envoy.toSorted());
});

test('each has all of its cells', () => {
  expect(responseFlags.map(flagCells).every((cells) => cells.length === 5 && !cells.includes(''))).toBe(true);
  expect(
    responseFlags
      .map(flagCells)
      .find(([flag]) => flag === 'UH')
      ?.at(-1),
  ).toBe('provoked by m6.e5.a1');
});
