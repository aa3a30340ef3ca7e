import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import type { AccessLine } from './log.ts';
import { createTestServer } from './server.ts';
import { readSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** A server of a unit test: where it is, and what it has logged. */
export interface Running extends AsyncDisposable {
  readonly url: string;
  readonly log: readonly AccessLine[];
}

/** Starts a server on a free port in this process, as the pod `backend-1` unless the environment says otherwise. */
export async function running(
  environment: Readonly<Record<string, string>> = {},
  around: Partial<Surroundings> = {},
): Promise<Running> {
  const log: AccessLine[] = [];
  const server = createTestServer(readSettings({ POD: 'backend-1', PORT: '0', ...environment }), {
    random: Math.random,
    log: (line) => log.push(line),
    askDatabase: undefined,
    isDraining: () => false,
    ...around,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
