/** Several runs, each of a part of the course, as one. */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readRecordedExercises } from '../record/record.ts';
import type { RunFacts } from '../record/run-facts.ts';
import { UsageProblem } from '../system/errors.ts';
import { type RunRecord, runFile } from './run-record.ts';

/**
 * Copies folders of results into one, and joins what is known of the runs.
 *
 * @param runs what is known of each folder, in their order
 * @param target is emptied first
 * @throws {UsageProblem} if an exercise is in more than one of them: a report would take one for a retry of the other
 */
export async function mergeRuns(folders: readonly string[], runs: readonly RunRecord[], target: string) {
  const twice = repeated(runs.flatMap(({ exercises }) => exercises.map(({ path }) => path)));
  if (twice !== undefined) throw new UsageProblem(`${twice} is in more than one of the folders`, 'name each run once');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const { name } of entries.filter((each) => each.isFile() && each.name !== runFile))
      await cp(join(folder, name), join(target, name));
  }
  return {
    facts: mergeFacts(runs.map(({ facts }) => facts)),
    commit: joined(runs.map(({ commit }) => commit)),
    only: mergeChoices(runs.map(({ only }) => only)),
    exercises: await readRecordedExercises(target),
    leftovers: runs.flatMap(({ leftovers }) => leftovers),
  } satisfies RunRecord;
}

/** Facts of several runs as one: from the first start to the last end; where they differ, all values are kept. */
export function mergeFacts(facts: readonly RunFacts[]): RunFacts {
  const known = facts.filter(({ startedAt }) => startedAt !== '');
  const starts = known.map(({ startedAt }) => Date.parse(startedAt));
  const ends = known.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs);
  const [first] = facts;
  if (first === undefined || known.length === 0)
    throw new UsageProblem('no folder holds a finished run', 'make course');
  const start = Math.min(...starts);
  const names = new Set(known.flatMap(({ versions }) => Object.keys(versions)));
  return {
    versions: Object.fromEntries(
      [...names].map((name) => [name, joined(known.map(({ versions }) => versions[name] ?? ''))]),
    ),
    choices: Object.assign({}, ...known.map(({ choices }) => choices)) as RunFacts['choices'],
    engine: joined(known.map(({ engine }) => engine)),
    provider: joined(known.map(({ provider }) => provider)),
    imageSource: known.find(({ imageSource }) => imageSource === 'assembled')?.imageSource ?? first.imageSource,
    standIns: [
      ...new Map(known.flatMap(({ standIns }) => standIns).map((standIn) => [standIn.upstream, standIn])).values(),
    ],
    ...(known.every(({ deprecatedApis }) => deprecatedApis === undefined)
      ? {}
      : { deprecatedApis: [...new Set(known.flatMap(({ deprecatedApis = [] }) => deprecatedApis))].toSorted() }),
    startedAt: new Date(start).toISOString(),
    durationMs: Math.max(...ends) - start,
    timings: Object.fromEntries(
      known.flatMap(({ timings }, index) =>
        Object.entries(timings).map(([what, ms]) => [`run ${index + 1}: ${what}`, ms]),
      ),
    ),
    machine: joined(known.map(({ machine }) => machine)),
  };
}

/** What runs chose, as one choice: all shards of a choice are that choice. */
export function mergeChoices(choices: readonly string[]): string {
  const parts = choices.map((choice) => /^(.*?) ?SHARD=(\d+)\/(\d+)$/.exec(choice));
  const [only, of] = [joined(parts.map((part) => part?.[1] ?? '?')), joined(parts.map((part) => part?.[3] ?? '?'))];
  const shards = new Set(parts.map((part) => part?.[2]));
  return !only.includes(',') && shards.size === Number(of) ? only : joined(choices);
}

const joined = (values: readonly string[]): string => [...new Set(values)].filter((value) => value !== '').join(', ');

function repeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
