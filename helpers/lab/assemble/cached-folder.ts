import { existsSync } from 'node:fs';
import { glob, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheDir } from '../../system/paths.ts';

/** Where a folder of the cache lies, or would. */
export function cachedPath(name: string): string {
  return join(cacheDir, 'built', name);
}

/**
 * Folder of the cache that `make` fills once. It appears under its name only when it is complete, so an interrupted
 * build leaves nothing that a later one could mistake for its result.
 *
 * @param name name of the folder, with the hash of everything that `make` depends on
 * @param make fills the empty folder it is given
 */
export async function cachedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = cachedPath(name);
  if (existsSync(folder)) return folder;
  await removeAbandoned(folder);
  const draft = `${folder}.${process.pid}.draft`;
  await mkdir(draft, { recursive: true });
  await make(draft);
  try {
    await rename(draft, folder);
  } catch (error) {
    // A second clone was faster; its result is the same.
    if (!existsSync(folder)) throw error;
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Removes drafts of the folder whose makers are gone: interrupted builds. */
async function removeAbandoned(folder: string): Promise<void> {
  for await (const draft of glob(`${folder}.*.draft`)) {
    if (!isRunning(Number(/\.(\d+)\.draft$/.exec(draft)?.[1]))) await rm(draft, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch {
    return false;
  }
}
