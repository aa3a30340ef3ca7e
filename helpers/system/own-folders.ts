import { homedir } from 'node:os';
import { relative, sep } from 'node:path';

import { UsageProblem } from './errors.ts';
import { cacheDir, projectRoot, stateDir } from './paths.ts';

/** True if a path is that folder, or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/**
 * Commands empty folders of these, and `make clean-cache` removes the cache: nothing else may lie in them.
 *
 * @throws {UsageProblem} if one of them holds the home, the checkout, or the other one
 */
export function checkOwnFolders(state = stateDir, cache = cacheDir): void {
  refuse('MESH_MASTERY_STATE', state, { home: homedir(), checkout: projectRoot, cache });
  refuse('MESH_MASTERY_CACHE', cache, { home: homedir(), checkout: projectRoot, state });
}

function refuse(variable: string, folder: string, others: Readonly<Record<string, string>>): void {
  const held = Object.entries(others).find(([, path]) => isWithin(path, folder))?.[0];
  if (held === undefined) return;
  throw new UsageProblem(
    `${folder} holds the ${held} too, and what lies in it is removed at times`,
    `name a folder for it alone: ${variable}=…, or leave ${variable} out`,
  );
}
