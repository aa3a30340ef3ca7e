/** One command at a time works on a checkout's lab: two would remove each other's exercises and mix their results. */
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';

import { EnvironmentProblem } from '../system/errors.ts';
import { stateDir } from '../system/paths.ts';
import { listens } from './engine/listens.ts';

let held: Server | undefined;

/**
 * Claims the lab for this process, until it ends or {@link unlockLab} is called; does nothing if it has it already.
 *
 * @param socket file that tells of the claim; it answers as long as the claiming process lives, however that ends
 * @throws {EnvironmentProblem} if another process has claimed it
 */
export async function lockLab(socket: string = join(stateDir, 'claim.sock')): Promise<void> {
  if (held !== undefined) return;
  if (await listens({ path: socket })) {
    throw new EnvironmentProblem(
      'another command works on the lab of this checkout',
      'wait until it has ended, or work in another clone',
    );
  }
  await mkdir(dirname(socket), { recursive: true });
  // Left by a process that was killed.
  await rm(socket, { force: true });
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  }).catch((error: unknown) => {
    // Of a path that is longer than some hundred characters there can be none.
    throw new EnvironmentProblem(
      `no socket can be made at ${socket}: ${(error as Error).message}`,
      'set MESH_MASTERY_STATE to a folder of yours with a short path',
    );
  });
  server.unref();
  held = server;
}

/** Gives the claim up, for a process that starts others which work on the lab. */
export function unlockLab(): void {
  held?.close();
  held = undefined;
}
