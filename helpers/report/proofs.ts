import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type ExerciseResult, exerciseResult } from './results.ts';

/** An exercise of a run, and the assertions of the curriculum that it judged. */
export interface Proof extends Pick<ExerciseResult, 'page' | 'claim' | 'status' | 'reason'> {
  readonly ids: readonly string[];
}

const assertionId = /^(?:m\d+|x)\.\w+(?:\.\w+)?$/;

/** Reads what a run judged out of its result files; ids are tags of a result. */
export async function readProofs(resultsDir: string): Promise<Proof[]> {
  const files = (await readdir(resultsDir)).filter((name) => name.endsWith('-result.json')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(resultsDir, name), 'utf8')));
  return texts.map((text) => proofOf(JSON.parse(text) as ResultFile)).filter(({ ids }) => ids.length > 0);
}

type ResultFile = Parameters<typeof exerciseResult>[0];

/** What one result file judged. */
export function proofOf(result: ResultFile): Proof {
  const { page, claim, status, reason } = exerciseResult(result);
  const tags = (result.labels ?? []).filter(({ name }) => name === 'tag').map(({ value }) => value);
  return { page, claim, status, reason, ids: tags.filter((tag) => assertionId.test(tag)) };
}
