/** The course on one pair of versions after another: what has been run, and what is still to do. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isSupportedPair, type VersionPair } from '../../kind/versions.ts';
import { UsageProblem } from '../system/errors.ts';
import { type RunRecord, runFile } from './run-record.ts';

/** How the course ended on a pair. Kept as JSON in the pair's folder once it has. */
export interface MatrixResult {
  readonly pair: VersionPair;
  /** Commit of the course, and what was chosen beside the versions: of others, a result is not taken for this one's. */
  readonly commit: string;
  readonly chosen: string;
  readonly exitCode: number;
  /** From the command to its end, with whatever had to be built. */
  readonly seconds: number;
}

/** A pair with what it left: its folder's name below that of the matrix, and its run. */
export interface MatrixColumn {
  readonly pair: VersionPair;
  /** True if Istio says that it runs on this Kubernetes. */
  readonly supported: boolean;
  readonly folder: string;
  readonly result?: MatrixResult;
  /** Missing where the course has not ended, or ended without a report. */
  readonly run?: RunRecord;
}

/** Name of a pair and of its folder, e.g. `istio-1.31.1-kubernetes-1.36.3`. */
export function pairName({ istio, kubernetes }: VersionPair): string {
  return `istio-${istio}-kubernetes-${kubernetes}`;
}

/**
 * The pairs that PAIRS means: `1.30` for all of one Istio, `1.31-1.36` for one pair, several of them parted by blanks;
 * without it, all.
 *
 * @throws {UsageProblem} if a word means none
 */
export function chosenPairs(pairs: readonly VersionPair[], wanted = ''): VersionPair[] {
  const words = wanted.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return [...pairs];
  const is = (version: string, asked = '') => asked === '' || version === asked || version.startsWith(`${asked}.`);
  const meant = (word: string) => {
    const [istio, kubernetes, ...more] = word.split('-');
    const means = more.length === 0 && /\d/.test(word);
    const found = pairs.filter((pair) => means && is(pair.istio, istio) && is(pair.kubernetes, kubernetes));
    if (found.length > 0) return found;
    const known = pairs.map((pair) => `${pair.istio}-${pair.kubernetes}`).join(', ');
    throw new UsageProblem(`PAIRS=${word} is no pair of the matrix`, `use some of: ${known}`);
  };
  const chosen = new Set(words.flatMap(meant));
  return pairs.filter((pair) => chosen.has(pair));
}

const resultFile = 'matrix.json';

/** Keeps how a pair ended. */
export async function writeResult(folder: string, result: MatrixResult): Promise<void> {
  await writeFile(join(folder, resultFile), JSON.stringify(result, undefined, 1));
}

/** What a pair left below the folder of the matrix. */
export async function readColumn(matrixDir: string, pair: VersionPair): Promise<MatrixColumn> {
  const folder = pairName(pair);
  const read = async <T>(name: string): Promise<T | undefined> => {
    const file = join(matrixDir, folder, name);
    return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as T) : undefined;
  };
  const [result, run] = [await read<MatrixResult>(resultFile), await read<RunRecord>(runFile)];
  return {
    pair,
    supported: isSupportedPair(pair),
    folder,
    ...(result === undefined ? {} : { result }),
    ...(run === undefined ? {} : { run }),
  };
}

/** What a pair left, without its run where that is neither of this commit nor begun since then, in milliseconds. */
export function columnOf({ run, ...column }: MatrixColumn, commit: string, since: number): MatrixColumn {
  if (run === undefined) return column;
  const isOfCommit = run.commit === commit && !commit.endsWith('+');
  return isOfCommit || Date.parse(run.facts.startedAt) >= since ? { ...column, run } : column;
}

/**
 * True if the course has ended on the pair, well or not, in that very state; an interrupted one has not. A checkout in which
 * files differ from their commit is in no state that could be known again.
 */
export function hasRun({ result, run }: MatrixColumn, { commit, chosen }: Pick<MatrixResult, 'commit' | 'chosen'>) {
  const isSame = result?.commit === commit && result.chosen === chosen && !commit.endsWith('+');
  return isSame && run !== undefined;
}
