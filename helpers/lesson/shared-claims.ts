import { dirname, join } from 'node:path';

import { folderOfSetup } from '../kube/manifest.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { playsOf, type RunMode } from '../record/run-mode.ts';
import { fixturesDir } from '../system/paths.ts';
import type { SharedClaims } from './shared-setup.ts';

/** The exercise whose set-up a claim shares, e.g. `01-foundation/04-network-policy`; undefined where it has its own. */
export function sharedExercise(spec: string): string | undefined {
  const path = pathOfSpec(spec);
  const folder = join(fixturesDir, path);
  return folderOfSetup(folder) === folder ? undefined : dirname(path);
}

/** How many of some spec files share the set-up of an exercise, by its path, each as often as the run plays it. */
export function sharedClaims(specs: readonly string[], mode: RunMode): SharedClaims {
  const claims: Record<string, number> = {};
  for (const spec of specs) {
    const exercise = sharedExercise(spec);
    if (exercise !== undefined) claims[exercise] = (claims[exercise] ?? 0) + playsOf(mode, pathOfSpec(spec));
  }
  return claims;
}
