import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { expect, test } from 'vitest';

import { selectOne } from './database.ts';

/** Address of a port where each connection is ended at once, or nobody listens. */
async function portThat(mood: 'hangs up' | 'is closed'): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `postgres://course:secret@127.0.0.1:${(server.address() as AddressInfo).port}/course`;
  if (mood === 'is closed') server.close();
  return { url, [Symbol.asyncDispose]: async () => void server.close() };
}

test('a database that nobody listens for is an answer with an error', async () => {
  await using port = await portThat('is closed');
  expect(await selectOne(port.url, 'backend-1', 'm')).toEqual({
    error: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('a database that hangs up is an answer with an error', async () => {
  await using port = await portThat('hangs up');
  expect(await selectOne(port.url, 'backend-1', 'm')).toEqual({ error: 'Connection terminated unexpectedly' });
});
