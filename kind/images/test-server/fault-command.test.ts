import { expect, test } from 'vitest';

import { tellFault } from './fault-command.ts';
import { running } from './running.ts';

const portOf = (url: string) => Number(new URL(url).port);

test('a fault is set and healed by the command that lessons use', async () => {
  await using server = await running();
  const port = portOf(server.url);
  expect(await tellFault(['status=500'], port)).toMatchObject({
    exitCode: 0,
    line: expect.stringContaining('"status":500'),
  });
  expect((await fetch(server.url)).status).toBe(500);
  expect(await tellFault(['none'], port)).toMatchObject({ exitCode: 0 });
  expect((await fetch(server.url)).status).toBe(200);
});

test('what nobody can mean is refused, by the command or by the server, and changes nothing', async () => {
  await using server = await running();
  const port = portOf(server.url);
  for (const words of [[], ['status'], ['none', 'status=500']])
    expect(await tellFault(words, port)).toMatchObject({ exitCode: 2, line: expect.stringContaining('usage') });
  expect(await tellFault(['rate=7'], port)).toMatchObject({
    exitCode: 1,
    line: expect.stringContaining('rate must be'),
  });
  expect((await fetch(server.url)).status).toBe(200);
});

test('without a server the command fails, and says so', async () => {
  const server = await running();
  await server[Symbol.asyncDispose]();
  expect(await tellFault(['none'], portOf(server.url))).toMatchObject({
    exitCode: 1,
    line: expect.stringContaining('no server answers'),
  });
});
