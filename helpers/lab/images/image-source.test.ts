import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { answers, chooseImageSource, registriesAsked } from './image-source.ts';

const there = async () => true;
const silent = async () => false;

test('auto takes upstream images where a registry answers, and assembles where none does', async () => {
  expect(await chooseImageSource('auto', there)).toBe('upstream');
  expect(await chooseImageSource(undefined, silent)).toBe('assembled');
});

test('IMAGES=upstream without a registry says what to type instead', async () => {
  await expect(chooseImageSource('upstream', silent)).rejects.toMatchObject({
    exitCode: 3,
    next: expect.stringContaining('IMAGES=assembled'),
  });
});

test('an unknown source is a usage error that lists the known ones', async () => {
  await expect(chooseImageSource('mirror', there)).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('assembled'),
  });
});

test('the registries asked are those that images come from, where they are served, or the mirror alone', () => {
  expect(registriesAsked(undefined)).toEqual(['quay.io', 'registry-1.docker.io']);
  expect(registriesAsked('mirror:5000')).toEqual(['mirror:5000']);
});

test.each([
  [200, true],
  [401, true],
  [403, false],
  [502, false],
])('an answer of %i is a registry: %s', async (status, expected) => {
  const server = createServer((_request, response) => response.writeHead(status).end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  expect(await answers(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`)).toBe(expected);
  server.close();
});
