import { hitsIn } from './answer.ts';
import type { Client } from './client.ts';

/**
 * How many calls of a key a test server has counted, asked until it tells. A caller without a proxy reaches it by its node,
 * which may not know of the server yet when its pod is Ready.
 *
 * @param url of the server's counts, e.g. `http://backend/hits?key=before`
 * @throws {ExpectationError} if it does not tell before the deadline
 */
export async function hitsToldBy(client: Pick<Client, 'eventually'>, url: string): Promise<number> {
  const { stdout } = await client.eventually(
    'the server tells how often it was asked',
    ['curl', '--silent', url],
    ({ stdout: told }) => !Number.isNaN(hitsIn(told)),
  );
  return hitsIn(stdout);
}
