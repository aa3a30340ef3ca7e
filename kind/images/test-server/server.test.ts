import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectByTls } from 'node:tls';

import { expect, test } from 'vitest';

import { newAuthority } from '../../../helpers/istio/authority.ts';
import { running } from './running.ts';
import { createTestServers } from './server.ts';
import { readSettings } from './settings.ts';

/** Sends bytes on one connection and reads until the server ends it. */
async function conversation(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  return (await Array.fromAsync(socket as AsyncIterable<string>)).join('');
}

const twoCalls =
  'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test('calls on one connection show its number, and a body that nobody reads does not stop the next', async () => {
  await using pod = await running();
  await conversation(pod.url, 'GET / HTTP/1.0\r\n\r\n');
  const seen = await conversation(pod.url, twoCalls);
  expect([...seen.matchAll(/"connection":(\d+)/g)].map(([, number]) => number)).toEqual(['2', '2']);
});

test('a draining server ends the connection with its answer', async () => {
  await using pod = await running({}, { isDraining: () => true });
  const seen = await conversation(pod.url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\nconnection: close\r\n/);
});

test('an answer that may have no body has none', async () => {
  await using pod = await running();
  const response = await fetch(`${pod.url}/?status=204`);
  expect([response.status, await response.text()]).toEqual([204, '']);
});

test.for([
  ['cut', ''],
  ['garbage', 'NOT HTTP\r\n'],
] as const)('a call that asks for %s is read to its end and gets no answer', async ([how, seen]) => {
  await using pod = await running({ FAIL_STATUS: '500' });
  expect(await conversation(pod.url, `POST /a?${how}=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`)).toBe(
    seen,
  );
  await expect.poll(() => pod.log).toMatchObject([{ path: `/a?${how}=1`, status: 0, ended: how }]);
  expect(pod.log[0]).not.toHaveProperty('abandoned');
  expect(await (await fetch(`${pod.url}/hits?key=default`)).json()).toMatchObject({ hits: 1 });
  expect((await fetch(`${pod.url}/healthz?${how}=1`)).status).toBe(200);
  expect((await fetch(`${pod.url}/?${how}=yes`)).status).toBe(400);
  expect((await fetch(`${pod.url}/?cut=1&garbage=1`)).status).toBe(400);
});

test('the access log has a line for each call, refused and controlling ones too', async () => {
  await using pod = await running();
  for (const path of ['/a?status=500', '/a?rate=7', '/healthz']) {
    await (await fetch(`${pod.url}${path}`, { headers: { 'x-marker': 'm1' } })).text();
  }
  const common = { client: '127.0.0.1', method: 'GET', marker: 'm1' };
  expect(pod.log).toMatchObject([
    { ...common, path: '/a?status=500', status: 500 },
    { ...common, path: '/a?rate=7', status: 400 },
    { ...common, path: '/healthz', status: 200 },
  ]);
  expect(pod.log.every(({ durationMs }) => Number.isInteger(durationMs))).toBe(true);
});

test('a caller that goes too early is logged as gone, and its call to the next hop is given up', async () => {
  await using slow = await running({ DELAY: '5m' });
  await using first = await running({ NEXT: slow.url });
  const socket = connect(Number(new URL(first.url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(async () => (await fetch(`${slow.url}/hits?key=default`)).json()).toMatchObject({ hits: 1 });
  socket.destroy();
  await once(socket, 'close');
  await expect.poll(() => first.log).toMatchObject([{ abandoned: true }]);
  await expect.poll(() => slow.log.find(({ path }) => path === '/')).toMatchObject({ abandoned: true });
});

test.for(['istio', 'http/1.1'])('a server of HTTPS agrees to speak %s inside TLS', async (protocol) => {
  const { intermediate: cert, key } = await newAuthority('CN=Root', 'CN=Server');
  const around = { random: Math.random, log: () => {}, askDatabase: undefined, isDraining: () => false };
  const server = createTestServers(readSettings({ POD: 'backend-1', PORT: '0' }), around)({ cert, key });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connectByTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: [protocol] });
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe(protocol);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const seen = (await Array.fromAsync(socket.setEncoding('utf8') as AsyncIterable<string>)).join('');
  expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  server.close();
});
