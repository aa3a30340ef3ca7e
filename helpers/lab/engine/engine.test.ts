import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type Docker from 'dockerode';
import { afterEach, expect, test, vi } from 'vitest';

import { checkPrivileges, clientOf, findEngine } from './engine.ts';

function engine(SecurityOptions: string[]) {
  return { name: 'Podman' as const, api: { info: async () => ({ SecurityOptions }) } as unknown as Docker };
}

test('an engine without root is refused, with what to do about it', async () => {
  await expect(checkPrivileges(engine(['name=seccomp', 'name=rootless']))).rejects.toMatchObject({
    exitCode: 3,
    next: expect.stringContaining('root'),
  });
});

test('an engine with root is taken', async () => {
  await expect(checkPrivileges(engine(['name=seccomp']))).resolves.toBeUndefined();
});

afterEach(() => vi.unstubAllEnvs());

/** What the engines answer at `/version`, as far as it tells them apart. */
const docker = { Version: '28.5.2', Components: [{ Name: 'Engine' }, { Name: 'containerd' }, { Name: 'runc' }] };
const podman = { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }] };

test.each([
  { said: docker, name: 'Docker', program: 'docker', variable: 'DOCKER_HOST' },
  { said: podman, name: 'Podman', program: 'podman', variable: 'CONTAINER_HOST' },
])('$name behind DOCKER_HOST is known by what it says of itself', async ({ said, name, program, variable }) => {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'));
  const socket = join(folder, 'engine.sock');
  const server = createServer((_request, response) => response.end(JSON.stringify(said)));
  await once(server.listen(socket), 'listening');
  try {
    vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
    const found = await findEngine();
    expect(found).toMatchObject({ name, version: said.Version, socket });
    expect(clientOf({ name: found?.name ?? 'Docker', socket })).toEqual({
      program,
      env: { [variable]: `unix://${socket}` },
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
