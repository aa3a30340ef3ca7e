import type { Client } from '../calls/client.ts';

/**
 * Waits, by the clock of a pod, until another second has begun. The API server notes when an object was created in whole
 * seconds, so what is created next is younger by its note too, and not by its name alone.
 */
export async function untilNextSecond(client: Pick<Client, 'eventually'>): Promise<void> {
  let first: string | undefined;
  await client.eventually(
    'another second has begun, so what is created next is younger',
    ['date', '+%s'],
    ({ stdout }) => {
      first ??= stdout;
      return stdout > first;
    },
    { tell: (text) => text.trim() },
  );
}
