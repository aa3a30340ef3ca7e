/** Where the project keeps what: everything it writes lies under one of these two folders or under reports/. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the checkout. */
export const projectRoot = resolve(import.meta.dirname, '..', '..');

/**
 * State of this checkout: kubeconfig, sockets, logs, and what its learner did. Ignored by git; all but the last may be removed
 * whenever no lab is up.
 */
export const stateDir = process.env['MESH_MASTERY_STATE'] ?? join(projectRoot, '.state');

/** What is expensive and reusable, shared by every checkout of this user; removed by `make clean-cache`. */
export const cacheDir =
  process.env['MESH_MASTERY_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mesh-mastery');

export const kindDir = join(projectRoot, 'kind');
export const specsDir = join(projectRoot, 'specs');
export const fixturesDir = join(projectRoot, 'fixtures');
export const reportsDir = join(projectRoot, 'reports');
