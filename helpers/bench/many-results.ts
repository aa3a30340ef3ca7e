import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { attachmentSources, isExercise, type ResultFile, resultFileNames } from '../record/results.ts';

/**
 * Writes a run's results several times over into another folder, each exercise and attachment as one of its own, to see
 * what a larger course would be like.
 *
 * @returns how many exercises there are now
 */
export async function multiplyResults(from: string, to: string, times: number): Promise<number> {
  await mkdir(to, { recursive: true });
  const present = new Set(await readdir(from));
  let count = 0;
  for (const name of await resultFileNames(from)) {
    const text = await readFile(join(from, name), 'utf8');
    const result = JSON.parse(text) as ResultFile;
    if (!isExercise(result)) continue;
    for (let copy = 0; copy < times; copy += 1) {
      const sources = attachmentSources(result).filter((source) => present.has(source));
      await Promise.all(sources.map((source) => copyFile(join(from, source), join(to, `${copy}-${source}`))));
      const renamed = sources.reduce((json, source) => json.replaceAll(source, `${copy}-${source}`), text);
      const mark = copy === 0 ? '' : `-${copy}`;
      const own = { ...(JSON.parse(renamed) as ResultFile), uuid: `${result.uuid}${mark}` };
      const identity = { historyId: `${result.historyId}${mark}`, testCaseId: `${result.historyId}${mark}` };
      await writeFile(join(to, `${copy}-${name}`), JSON.stringify({ ...own, ...identity }));
      count += 1;
    }
  }
  return count;
}
