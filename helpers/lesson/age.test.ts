import { expect, test } from 'vitest';

import type { Client } from '../calls/client.ts';
import type { Transcript } from '../system/program.ts';
import { untilNextSecond } from './age.ts';

test('the first look only notes the time, and a later second ends the wait', async () => {
  const held: boolean[] = [];
  const eventually = async (_says: string, _command: readonly string[], holds: (seen: Transcript) => boolean) => {
    const looks = ['1764434472\n', '1764434472\n', '1764434473\n'].map((stdout) => ({ stdout }) as Transcript);
    for (const look of looks) held.push(holds(look));
    return looks[0] as Transcript;
  };
  await untilNextSecond({ eventually } satisfies Pick<Client, 'eventually'>);
  expect(held).toEqual([false, false, true]);
});
