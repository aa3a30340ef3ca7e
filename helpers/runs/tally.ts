/** Outputs that count how often each of several things was seen, and whether two of them differ by more than chance. */
import { chanceOf, logChoose } from './fisher.ts';
import { steady } from './volatile.ts';

/** Counts by what was counted; several of a name are pods of one Deployment, which a caller does not choose between. */
export type Tally = ReadonlyMap<string, readonly number[]>;

/** Names under which answers are counted: a status, a version, a pod. */
const answer = /^(?:HTTP \d|\d{3}\b|v\d+$|.*<pod>)/;

/** The tally that an output is; undefined where it is none. */
export function tallyOf(output: string): Tally | undefined {
  const pairs = linesCounted(output) ?? jsonCounted(output) ?? wordsCounted(output);
  if (pairs === undefined || pairs.length === 0) return undefined;
  const groups = Map.groupBy(pairs, ([name]) => sameName(name));
  return new Map([...groups].map(([name, same]) => [name, same.map(([, count]) => count)]));
}

/** A name as it is in every run; a status alone would be taken for a number. */
function sameName(name: string): string {
  return /^\d+$/.test(name) ? name : steady(name);
}

/** `15 × HTTP 200 from backend-…`, a line each. */
function linesCounted(output: string): [string, number][] | undefined {
  const lines = output.split('\n').map((line) => /^(\d+) × (.+)$/.exec(line));
  if (lines.some((line) => line === null)) return undefined;
  return lines.map((line) => [line?.[2] ?? '', Number(line?.[1])]);
}

/** The same as the report has it: `v1: 302, v2: 98`, or `backend-…, 15`, a line each. */
function wordsCounted(output: string): [string, number][] | undefined {
  const lines = output.split('\n').map((line) => /^(.*\S), (\d+)$/.exec(line));
  if (lines.every((line) => line !== null)) return answersCounted(lines.map(nameAndCount));
  if (!/^(?:[^:()\n]+: \d+(?:, |$))+$/.test(output)) return undefined;
  return answersCounted(Array.from(output.matchAll(/([^:]+): (\d+)(?:, |$)/g), nameAndCount));
}

function nameAndCount(found: RegExpExecArray): [string, number] {
  return [found[1] ?? '', Number(found[2])];
}

/** `[["200",30]]`, `{"v1":302,"v2":98}`, or `{"calls":90,"failed":26}`, where all that did not fail is the other share. */
function jsonCounted(output: string): [string, number][] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return (value as unknown[]).every(isCount) ? (value as [string, number][]) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value) as [string, unknown][];
  if (!entries.every(isCount)) return undefined;
  return answersCounted(entries as [string, number][]);
}

/** Answers with how often each came, or calls of which some failed; undefined for other figures. */
function answersCounted(counts: readonly [string, number][]): [string, number][] | undefined {
  if (counts.every(([name]) => answer.test(sameName(name)))) return [...counts];
  const { calls, failed, ...others } = Object.fromEntries(counts) as Record<string, number>;
  if (calls === undefined || failed === undefined || Object.keys(others).length > 0) return undefined;
  return failed > calls
    ? undefined
    : [
        ['failed', failed],
        ['did not fail', calls - failed],
      ];
}

function isCount(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [name, count] = entry as unknown[];
  return typeof name === 'string' && typeof count === 'number' && Number.isInteger(count) && count >= 0;
}

const failures = /\(calls: (\d+), failed: (\d+)\)/g;

/**
 * The same for outputs that tell of several parts of a load how many calls failed, e.g. `before: (calls: 11, failed: 0),
 * after: (calls: 59, failed: 6)`; undefined for any other, and where they do not tell of the same parts.
 */
export function chanceOfFailures(a: string, b: string): number | undefined {
  const parts = (text: string) => steady(text.replaceAll(failures, '(some failed)'));
  const shares = (text: string) =>
    Array.from(text.matchAll(failures), ([, calls, failed]) => [Number(failed), Number(calls)] as const);
  const [inA, inB] = [shares(a), shares(b)];
  if (inA.length === 0 || parts(a) !== parts(b)) return undefined;
  const chances = inA.map((one, index) => {
    const other = inB[index] ?? one;
    // None made and some made is no matter of chance.
    return (one[1] === 0) === (other[1] === 0) ? chanceOf(one, other) : 0;
  });
  return Math.min(1, Math.min(...chances) * chances.length);
}

/**
 * How likely chance alone makes two tallies so different: of every name its share of all, by Fisher's exact test, and of
 * every Deployment how many of its pods took part, by the odds of missing the others in a fair draw. The least of them,
 * made up for how many were looked at.
 */
export function chanceOfTallies(a: Tally, b: Tally): number {
  const [allA, allB] = [sum([...a.values()].flat()), sum([...b.values()].flat())];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const chances = names.flatMap((name) => {
    const [inA, inB] = [a.get(name) ?? [], b.get(name) ?? []];
    const share = chanceOf([sum(inA), allA], [sum(inB), allB]);
    return [share, chanceOfMissing(inA, inB)];
  });
  return Math.min(1, Math.min(...chances) * chances.length);
}

/** Odds that one of two runs missed so many pods that the other met, if its calls are spread fairly. */
function chanceOfMissing(a: readonly number[], b: readonly number[]): number {
  const met = (counts: readonly number[]) => counts.filter((count) => count > 0).length;
  const [fewer, more] = met(a) <= met(b) ? [a, b] : [b, a];
  const [few, many] = [met(fewer), met(more)];
  if (few === 0 || few === many) return 1;
  return Math.min(1, Math.exp(logChoose(many, few) + sum(fewer) * Math.log(few / many)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
