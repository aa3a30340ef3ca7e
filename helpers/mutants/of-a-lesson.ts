import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Mutant, mutantsOf } from './rules.ts';

/** A mutant of one manifest of a fixture folder. */
export interface LessonMutant extends Mutant {
  /** File name in the folder. */
  readonly file: string;
}

/** Every mutant of the lesson manifests of a fixture folder, which are numbered 20 and up, in their order. */
export async function lessonMutants(folder: string): Promise<LessonMutant[]> {
  const files = (await Array.fromAsync(glob('[2-9]*.yaml', { cwd: folder }))).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text, index) =>
    mutantsOf(text).map(({ name, yaml }) => ({ yaml, file: files[index] ?? '', name: `${files[index]}: ${name}` })),
  );
}
