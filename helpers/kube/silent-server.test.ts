import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type * as Timeouts from '../system/timeouts.ts';
import { Cluster } from './cluster.ts';
import { ExecSession } from './exec-session.ts';

vi.mock('../system/timeouts.ts', async (original) => {
  const { timeouts } = await original<typeof Timeouts>();
  return { timeouts: { ...timeouts, requestMs: 100 } };
});

const sockets: Socket[] = [];
let server: Server;
let folder: string;
let kubeconfig: string;

/** Takes every connection, and says nothing. */
beforeAll(async () => {
  server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  folder = await mkdtemp(join(tmpdir(), 'mesh-mastery-'));
  kubeconfig = join(folder, 'kubeconfig');
  const named = { name: 'silent' };
  const config = {
    clusters: [{ ...named, cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [{ ...named, user: {} }],
    contexts: [{ ...named, context: { cluster: 'silent', user: 'silent' } }],
    'current-context': 'silent',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

test('a request that the API server does not answer is given up', async () => {
  await expect(new Cluster(kubeconfig).list({ apiVersion: 'v1', kind: 'Pod' })).rejects.toThrow(
    'The API server has not answered for 0.1 s',
  );
});

test('a shell to which there is no connection is given up', async () => {
  const target = { pod: 'web', uid: '1', container: 'server' };
  await expect(ExecSession.open(kubeconfig, 'shop', target)).rejects.toMatchObject({
    message: expect.stringMatching(/handshake has timed out/),
  });
});
