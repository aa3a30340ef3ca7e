import type Docker from 'dockerode';
import { expect, test } from 'vitest';

import { checkPrivileges } from './engine.ts';

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
