/** The root that all clusters of a lab trust. Its key stays in the state folder as long as the lab is up: a second cluster needs it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Root } from '../istio/authority.ts';
import { newMeshRoot } from '../istio/mesh-root.ts';
import { stateDir } from '../system/paths.ts';

/** Readable for this user alone; it goes with the lab. */
export const rootFile = join(stateDir, 'mesh-root.json');

/** Makes the root of a lab that is about to start. */
export async function makeRootOfLab(): Promise<void> {
  await writeFile(rootFile, JSON.stringify(await newMeshRoot()), { mode: 0o600 });
}

/** The root of the lab that is up. */
export async function rootOfLab(): Promise<Root> {
  return JSON.parse(await readFile(rootFile, 'utf8')) as Root;
}
