import { readFile } from 'node:fs/promises';

import { UsageProblem } from './errors.ts';

/**
 * The object in a file of JSON, in the form that whoever wrote it is known to use.
 *
 * @param next what to do where there is none
 * @throws {UsageProblem} if the file holds none
 */
export async function readJson<Form extends object>(file: string, next: string): Promise<Form> {
  const value = await readFile(file, 'utf8')
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  if (typeof value === 'object' && value !== null) return value as Form;
  throw new UsageProblem(`${file} is no object of JSON`, next);
}
