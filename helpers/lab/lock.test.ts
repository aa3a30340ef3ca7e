import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { listens } from './engine/listens.ts';
import { lockLab, unlockLab } from './lock.ts';

let folder = '';
let socket = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  socket = join(folder, 'claim.sock');
});
afterEach(async () => {
  unlockLab();
  await rm(folder, { recursive: true, force: true });
});

test('a claim is seen by others until it is given up, and may be made again', async () => {
  await lockLab(socket);
  await lockLab(socket);
  expect(await listens({ path: socket })).toBe(true);
  unlockLab();
  expect(await listens({ path: socket })).toBe(false);
});

test('what another process has claimed is refused, with what to do about it', async () => {
  const other = createServer().listen(socket);
  await expect(lockLab(socket)).rejects.toMatchObject({ exitCode: 3, next: expect.stringContaining('wait') });
  other.close();
});

test('what a killed process left is no claim', async () => {
  await writeFile(socket, '');
  await lockLab(socket);
  expect(await listens({ path: socket })).toBe(true);
});
