import { createHash } from 'node:crypto';

/**
 * Chooses some of many, the same for the same seed and others for another: by the order of their hashes.
 *
 * @param seed e.g. a commit
 */
export function sampleOf<T>(all: readonly T[], size: number, seed: string, nameOf: (each: T) => string): T[] {
  const hash = (each: T) =>
    createHash('sha256')
      .update(`${seed} ${nameOf(each)}`)
      .digest('hex');
  const ordered = all.map((each) => ({ each, hash: hash(each) })).toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  return ordered.slice(0, size).map(({ each }) => each);
}
