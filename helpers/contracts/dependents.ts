import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { manifestsOf } from '../kube/manifest.ts';
import { provenIds } from '../record/card.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { fixturesDir, specsDir } from '../system/paths.ts';

/** A spec with everything that says what it uses. */
export interface Dependent {
  /** Exercises that it proves a part of, e.g. `m1.e4`. */
  readonly exercises: readonly string[];
  /** Its own text and its manifests'. */
  readonly text: string;
}

/** Every spec of the course, with its fixtures. */
export async function readDependents(): Promise<Dependent[]> {
  const specs = (await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }))).toSorted();
  return Promise.all(
    specs.map(async (spec) => {
      const folder = join(fixturesDir, pathOfSpec(join(specsDir, spec)));
      const files = [join(specsDir, spec), ...(await manifestsOf(folder))];
      const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
      return { exercises: exercisesOf(text), text };
    }),
  );
}

/** Exercises of the curriculum, e.g. `m1.e4`: the first two parts of the ids of their assertions. */
function exercisesOf(text: string): string[] {
  return [...new Set(provenIds(text).map((id) => id.split('.').slice(0, 2).join('.')))];
}

/** Exercises that rely on what a pattern tells of, in the order of the curriculum. */
export function inDoubt(dependents: readonly Dependent[], usedBy: RegExp): string[] {
  const ids = dependents.filter(({ text }) => usedBy.test(text)).flatMap(({ exercises }) => exercises);
  return [...new Set(ids)].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
