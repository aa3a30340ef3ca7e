/** What a loop decides that gives a new version more and more of the calls: looked at once for each step. */

/** What a look at the metrics comes to. */
export type Verdict = 'back' | 'hold' | 'on';

/** Decides on the share of failed calls, 0 to 1; undefined where nothing was measured. */
export type Judge = (failed: number | undefined) => Verdict;

/** Weights that a new version gets, one after another. */
export const weights = [10, 50, 100] as const;

/** More than this share of failed calls, and the version is taken back. */
const limit = 0.01;

/** Goes on only after what was measured, and holds while nothing is. */
export const carefulJudge: Judge = (failed) => (failed === undefined ? 'hold' : failed > limit ? 'back' : 'on');

/** Takes silence for health: who has no failures has none. */
export const carelessJudge: Judge = (failed) => ((failed ?? 0) > limit ? 'back' : 'on');

/** The weight after a look: 0 after the way back, the same after holding, 100 at most. */
export function weightAfter(weight: number, verdict: Verdict): number {
  if (verdict === 'back') return 0;
  return verdict === 'hold' ? weight : (weights.find((next) => next > weight) ?? 100);
}
