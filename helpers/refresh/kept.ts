/** Runs of earlier refreshes, kept so that a month can be compared with the one before, and a quarter with its own. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { RunRecord } from '../runs/run-record.ts';
import { reportsDir } from '../system/paths.ts';

/** Where they are kept: one compressed file each, named by the start of its run. */
export const refreshesDir = join(reportsDir, 'refreshes');
/** A year, and the month to compare it with. */
const keptRefreshes = 13;
const dayMs = 24 * 60 * 60 * 1000;

/** Keeps the run of a refresh, and removes the oldest of many. A run of a part of the course is not kept. */
export async function keepRefresh(run: RunRecord, folder = refreshesDir): Promise<void> {
  if (run.only !== '') return;
  await mkdir(folder, { recursive: true });
  const name = `${run.facts.startedAt.slice(0, 19).replaceAll(':', '')}.json.gz`;
  await writeFile(join(folder, name), await promisify(gzip)(JSON.stringify(run)));
  const old = (await names(folder)).slice(0, -keptRefreshes);
  await Promise.all(old.map((each) => rm(join(folder, each))));
}

/**
 * The newest kept run that began at least so many days before another, else the oldest that began before it; undefined
 * where none did.
 */
export async function earlierRefresh(
  { facts }: Pick<RunRecord, 'facts'>,
  days: number,
  folder = refreshesDir,
): Promise<RunRecord | undefined> {
  const before = (time: number) => new Date(time).toISOString().slice(0, 19).replaceAll(':', '');
  const start = Date.parse(facts.startedAt);
  const earlier = (await names(folder)).filter((name) => name < before(start));
  const chosen = earlier.findLast((name) => name < before(start - days * dayMs)) ?? earlier[0];
  if (chosen === undefined) return undefined;
  return JSON.parse((await promisify(gunzip)(await readFile(join(folder, chosen)))).toString('utf8')) as RunRecord;
}

/** Names of the files, oldest first. */
async function names(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => name.endsWith('.json.gz')).toSorted();
}
