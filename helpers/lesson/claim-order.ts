/** In which order the workers of a run take its spec files. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

import { pathOfSpec } from '../record/exercise-path.ts';
import { playsOf, type RunMode } from '../record/run-mode.ts';
import { sharedExercise } from './shared-claims.ts';

/** What is known of a claim before it runs. */
interface OrderedClaim<T> {
  readonly claim: T;
  /** The exercise whose set-up it shares. */
  readonly chain: string | undefined;
  /** How long it took the last time, the wait for its turn included. */
  readonly seconds: number;
  /** True if it failed the last time. */
  readonly failed: boolean;
}

/** Claims that follow each other on one set-up; most are alone. */
interface Chain<T> {
  readonly claims: readonly OrderedClaim<T>[];
  readonly seconds: number;
  readonly failed: boolean;
}

/**
 * Orders claims so that those of one set-up follow each other without waiting for their turn: as if each worker took whole
 * chains, those first in which a claim failed the last time, then the longest, and every claim stood in the order of the
 * moment at which it would begin.
 */
export function inOrder<T>(claims: readonly OrderedClaim<T>[], workers: number): T[] {
  const alone = claims.filter(({ chain }) => chain === undefined).map((each) => [each]);
  const shared = Map.groupBy(
    claims.filter(({ chain }) => chain !== undefined),
    ({ chain }) => chain,
  );
  const chains: Chain<T>[] = [...alone, ...shared.values()].map((all) => ({
    claims: all,
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
    failed: all.some(({ failed }) => failed),
  }));
  const freeAt = Array.from({ length: Math.max(workers, 1) }, () => 0);
  const begins: { claim: T; at: number }[] = [];
  for (const chain of chains.toSorted((a, b) => Number(b.failed) - Number(a.failed) || b.seconds - a.seconds)) {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    for (const { claim, seconds } of chain.claims) {
      begins.push({ claim, at: freeAt[worker] ?? 0 });
      freeAt[worker] = (freeAt[worker] ?? 0) + seconds;
    }
  }
  return begins.toSorted((a, b) => a.at - b.at).map(({ claim }) => claim);
}

/** Of a claim that this machine has not run yet; most take about so long. */
const usualSeconds = 20;

/** Vitest's own order, by project, what failed first and then the longest, with claims of one set-up behind each other. */
export default class ClaimOrder extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is the sequencer's, which returns another array
    const sorted = await super.sort(specifications);
    return [...Map.groupBy(sorted, ({ project }) => project).entries()].flatMap(([project, own]) =>
      inOrder(
        own.map((claim) => {
          // Whoever starts vitest by hand provides none.
          const mode = project.getProvidedContext().mode as RunMode | undefined;
          const plays = mode === undefined ? 1 : playsOf(mode, pathOfSpec(claim.moduleId));
          const last = this.ctx.cache.getTestSpecificationResult(claim);
          return {
            claim,
            chain: sharedExercise(claim.moduleId),
            seconds: ((last?.duration ?? usualSeconds * 1_000) / 1_000) * plays,
            failed: last?.failed ?? false,
          };
        }),
        project.config.maxWorkers,
      ),
    );
  }
}
