/** Where the project keeps what: everything it writes lies under one of these two folders or under reports/. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the checkout. */
export const projectRoot = resolve(import.meta.dirname, '..', '..');

/**
 * State of this checkout: kubeconfig, sockets, logs, and what its learner did. Ignored by git; all but the last may be removed
 * whenever no lab is up.
 */
export const stateDir = named('MESH_MASTERY_STATE') ?? join(projectRoot, '.state');

/** What is expensive and reusable, shared by every checkout of this user; removed by `make clean-cache`. */
export const cacheDir =
  named('MESH_MASTERY_CACHE') ?? join(named('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'mesh-mastery');

export const kindDir = join(projectRoot, 'kind');
export const specsDir = join(projectRoot, 'specs');
export const fixturesDir = join(projectRoot, 'fixtures');
export const reportsDir = join(projectRoot, 'reports');

/** The folder that a variable names; undefined where it is empty, which is the same as not set. */
function named(variable: string): string | undefined {
  const folder = process.env[variable];
  return folder === undefined || folder === '' ? undefined : resolve(folder);
}
