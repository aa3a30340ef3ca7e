/** What a call asks of whom, read from the arguments of curl that make it. */
import { isIP } from 'node:net';

import type { SeenCall } from '../record/observation.ts';

/** Its method: what was said, else what curl takes. */
export function methodOf(args: readonly string[]): string {
  const flag = args.findIndex((word) => word === '-X' || word === '--request');
  if (flag !== -1) return args[flag + 1] ?? 'GET';
  return args.some((word) => word === '-d' || word === '--data') ? 'POST' : 'GET';
}

/**
 * Whom it calls, and what for.
 *
 * @param args arguments of curl, the URL last
 * @returns the host with its port, its first label (an address whole), and e.g. `GET / (x-user: ann)`
 */
export function requestOf(args: readonly string[]): Required<Pick<SeenCall, 'host' | 'target' | 'request'>> {
  const { host, hostname, pathname } = new URL(args.at(-1) ?? '');
  const target = isIP(hostname) === 0 ? (hostname.split('.')[0] ?? hostname) : hostname;
  const sent = args.flatMap((word, index) => (args[index - 1] === '-H' ? [word] : []));
  const headers = sent.length === 0 ? '' : ` (${sent.join(', ')})`;
  return { host, target, request: `${methodOf(args)} ${pathname}${headers}` };
}
