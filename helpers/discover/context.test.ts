import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { contextNamesIn, contextOf, credentialsOf, sendTo } from './context.ts';

/** An API server that answers with one status, and a kubeconfig with a context for it and another that is current. */
async function cluster(status: number, location?: string, body = '{"items":[]}') {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'context-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const file = join(folder, 'config');
  await writeFile(
    file,
    JSON.stringify({
      'current-context': 'other',
      clusters: [
        {
          name: 'here',
          cluster: {
            server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix`,
            'insecure-skip-tls-verify': true,
          },
        },
        { name: 'elsewhere', cluster: { server: 'http://127.0.0.1:1' } },
      ],
      users: [{ name: 'reader', user: { token: 'token-of-the-reader' } }],
      contexts: [
        { name: 'mine', context: { cluster: 'here', user: 'reader' } },
        { name: 'other', context: { cluster: 'elsewhere', user: 'reader' } },
      ],
    }),
  );
  return { seen, file, config: contextOf('mine', [file]) };
}

test('what is sent is a GET to the cluster of the context that was named', async () => {
  const { seen, config } = await cluster(200);
  const answer = await sendTo(config)('/api/v1/pods?limit=200', 'application/json');
  expect(answer).toEqual({ status: 200, body: '{"items":[]}' });
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /prefix/api/v1/pods?limit=200']);
  expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer token-of-the-reader', accept: 'application/json' });
});

test('a redirection is not followed, so that nobody else sees the token', async () => {
  const other = await cluster(200);
  const target = other.config.getCurrentCluster()?.server;
  const { config } = await cluster(302, `${target}/`);
  expect((await sendTo(config)('/version', 'application/json')).status).toBe(302);
  expect(other.seen).toEqual([]);
});

test('a cluster that does not know the user, or does not answer, ends the command', async () => {
  const { file, config } = await cluster(401);
  const ended = { exitCode: 3, message: expect.stringContaining('CONTEXT=') as string };
  await expect(sendTo(config)('/version', 'application/json')).rejects.toMatchObject(ended);
  await expect(sendTo(contextOf('other', [file]))('/version', 'application/json')).rejects.toMatchObject(ended);
});

test('of two contexts with one name the one of the first file counts', async () => {
  const [first, second] = [await cluster(200), await cluster(200)];
  await sendTo(contextOf('mine', [first.file, second.file]))('/version', 'application/json');
  expect([first.seen.length, second.seen.length]).toEqual([1, 0]);
});

test('what the user is known by is known to the scan for secrets', async () => {
  const { config } = await cluster(200);
  expect([...credentialsOf(config).values()]).toEqual(['token-of-the-reader']);
});

test('a page to log in is no answer of the API, and behind a Service anything may answer', async () => {
  const { config } = await cluster(200, undefined, '<html>log in</html>');
  const send = sendTo(config);
  await expect(send('/version', 'application/json')).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('no Kubernetes API') as string,
  });
  const behind = '/api/v1/namespaces/a/services/prometheus:http/proxy/api/v1/query?query=up';
  expect((await send(behind, 'application/json')).body).toContain('log in');
});

test('what is no kubeconfig is told with its place', async () => {
  const { file } = await cluster(200);
  expect(await contextNamesIn([file])).toEqual(['mine', 'other']);
  const broken = `${file}-broken`;
  await writeFile(broken, 'contexts: [a\n  b: {');
  for (const wrong of [broken, dirname(file)]) {
    await expect(contextNamesIn([file, wrong])).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(wrong) as string,
    });
  }
});
