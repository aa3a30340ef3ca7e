import { ExpectationError } from '../system/expectation-error.ts';

/**
 * How an exercise took a mutant. killed: it went red by an expectation of its own, on ground that was seen to work: a
 * call had been let through, or a program answered. survived: it was green, so it does not
 * depend on what was changed. refused: the API server did not take the mutant. not met: the exercise did not come so far.
 */
export interface MutantEnd {
  /** Name of the mutant; empty where none was met. */
  readonly mutant: string;
  readonly end: 'killed' | 'survived' | 'refused' | 'not met';
  /** What the exercise failed with, one line. */
  readonly reason: string;
}

/** Type of the annotation by which a test tells of an end while it goes on. */
export const mutantAnnotation = 'mutant';

/** An end, and which of the exercise's mutants it is of, counted from 0. */
export interface MutantEndOfIndex extends MutantEnd {
  readonly index: number;
}

/**
 * @param mutant what was applied, if it was
 * @param failure what the exercise failed with, if it did
 * @param works true if something was seen to work before
 */
export function mutantEnd(mutant: string | undefined, failure: unknown, works: boolean): MutantEnd {
  const reason = failure instanceof Error ? (failure.message.split('\n')[0] ?? '') : '';
  if (mutant === undefined) return { mutant: '', end: 'not met', reason };
  if (failure === undefined) return { mutant, end: 'survived', reason };
  if (failure instanceof ExpectationError && (works || failure.sawAnswer)) return { mutant, end: 'killed', reason };
  return { mutant, end: /^kubectl (?:--context \S+ )?apply -f -/.test(reason) ? 'refused' : 'not met', reason };
}
