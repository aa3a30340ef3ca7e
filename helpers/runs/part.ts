import type { SteppedSpec } from '../curriculum/deciding-steps.ts';
import type { RunRecord } from './run-record.ts';

/** Specs by what they prove. */
export type ProvingSpecs = readonly Pick<SteppedSpec, 'path' | 'proves'>[];

/**
 * A run without what it cannot prove. Where several specs prove an assertion, a part of the course that has not all of them
 * can refute it and not prove it: those that passed no longer name it.
 */
export function asFarAsItProves(run: RunRecord, specs: ProvingSpecs): RunRecord {
  if (run.only === '') return run;
  const told = new Set(run.exercises.filter(({ card }) => card !== undefined).map(({ path }) => path));
  const lacking = new Set(specs.filter(({ path }) => !told.has(path)).flatMap(({ proves }) => proves));
  return {
    ...run,
    exercises: run.exercises.map((exercise) => {
      const { card, status } = exercise;
      if (card === undefined || status !== 'passed') return exercise;
      return { ...exercise, card: { ...card, proves: card.proves.filter((id) => !lacking.has(id)) } };
    }),
  };
}
