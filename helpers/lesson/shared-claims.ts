import { dirname, join } from 'node:path';

import { folderOfSetup } from '../kube/manifest.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { fixturesDir } from '../system/paths.ts';
import type { SharedClaims } from './shared-setup.ts';

/** The exercise whose set-up a claim shares, e.g. `01-foundation/04-network-policy`; undefined where it has its own. */
export function sharedExercise(spec: string): string | undefined {
  const path = pathOfSpec(spec);
  const folder = join(fixturesDir, path);
  return folderOfSetup(folder) === folder ? undefined : dirname(path);
}

/** How many of some spec files share the set-up of an exercise, by its path. */
export function sharedClaims(specs: readonly string[]): SharedClaims {
  const exercises = specs.map(sharedExercise).filter((exercise) => exercise !== undefined);
  return Object.fromEntries(
    [...Map.groupBy(exercises, (exercise) => exercise)].map(([name, all]) => [name, all.length]),
  );
}
