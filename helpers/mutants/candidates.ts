import { join } from 'node:path';

import { pathOfSpec } from '../record/exercise-path.ts';
import { fixturesDir } from '../system/paths.ts';
import { lessonMutants } from './of-a-lesson.ts';

/** One mutant of one exercise, to be tried. */
export interface MutantCandidate {
  /** The spec, from the project's root. */
  readonly file: string;
  /** Path of the exercise, e.g. `01-foundation/04-network-policy/01-blocks-the-attacker`. */
  readonly path: string;
  /** Which of the exercise's mutants, counted from 0. */
  readonly index: number;
  readonly name: string;
}

/** All mutants of these specs; none of an exercise whose lesson is no manifest. */
export async function candidatesOf(files: readonly string[]): Promise<MutantCandidate[]> {
  const each = files.map(async (file) => {
    const path = pathOfSpec(file);
    const mutants = await lessonMutants(join(fixturesDir, path));
    return mutants.map(({ name }, index) => ({ file, path, index, name }));
  });
  return (await Promise.all(each)).flat();
}
