import { type Choices, chosenShard } from '../lab/choices.ts';
import { UsageProblem } from '../system/errors.ts';

/**
 * The files of one shard, as SHARD says: `2/4` is the second of four. Files are dealt out in turn, so that the shards
 * are of one size to within one file, always the same, and together all.
 *
 * @throws {UsageProblem} on anything else, and if the shard is empty
 */
export function shardOf(files: readonly string[], shard: string | undefined): string[] {
  if (shard === undefined || shard === '') return [...files];
  const { part, parts } = chosenShard(shard);
  const dealt = files.filter((_, index) => index % parts === part - 1);
  if (dealt.length === 0) {
    throw new UsageProblem(`SHARD=${shard} is empty: there are ${files.length} spec files`, 'use fewer shards');
  }
  return dealt;
}

/** What a run chose, for its record: `m1.e4`, `SHARD=1/4`, both, or nothing for the whole course. */
export function chosen({ ONLY, SHARD }: Choices): string {
  return [ONLY ?? '', SHARD === undefined ? '' : `SHARD=${SHARD}`].filter((word) => word !== '').join(' ');
}
