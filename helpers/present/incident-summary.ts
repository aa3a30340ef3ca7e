import { clockTime } from '../draw/clock-time.ts';
import { exitCodes } from '../system/errors.ts';

/** How a drill went. */
export interface IncidentTally {
  /** Decides which fault was drawn. */
  readonly seed: number;
  /** True where a person looked for the fault; the queries alone did otherwise. */
  readonly played: boolean;
  /** True once a person gave the right name; what the queries said is {@link queriesNamedIt}. */
  readonly named: boolean;
  /** True where the verdict of the queries was what had been broken; false also where they were not asked. */
  readonly queriesNamedIt: boolean;
  readonly guesses: number;
  readonly hints: number;
  /** Milliseconds from the customer's words to the right name, or to the end of the search. */
  readonly elapsedMs: number;
  /** True where it was ended before its end. */
  readonly stopped: boolean;
  /** What was not taken back, one sentence each. */
  readonly leftovers: readonly string[];
}

/** How a drill went, in a few lines, and the exit code: 0 only if the fault was named, by the person and by the queries. */
export function summaryOfIncident(tally: IncidentTally): { readonly lines: string[]; readonly exitCode: number } {
  const { seed, stopped, leftovers, played, named, queriesNamedIt } = tally;
  const tidy = leftovers.length === 0;
  const away = tidy ? ['Everything is taken back.'] : leftovers;
  const again = `SEED=${seed} make incident plays the same fault again.`;
  if (stopped) {
    return {
      lines: [['Ended before the end.', ...away].join(' '), again],
      exitCode: tidy ? exitCodes.interrupted : exitCodes.failed,
    };
  }
  const right = queriesNamedIt && (named || !played);
  return {
    lines: [[playerLine(tally), ...away].join(' '), again],
    exitCode: right && tidy ? 0 : exitCodes.failed,
  };
}

function playerLine({ played, named, queriesNamedIt, guesses, hints, elapsedMs }: IncidentTally): string {
  const queries = queriesNamedIt ? 'The five queries named it.' : 'The five queries did not name it.';
  if (!played) return queries;
  const count = (number: number, word: string, more: string) => `${number} ${number === 1 ? word : more}`;
  const how = `after ${count(guesses, 'guess', 'guesses')} and ${count(hints, 'hint', 'hints')}`;
  return `${named ? 'You named it' : 'You did not name it'}, in ${clockTime(elapsedMs)}, ${how}. ${queries}`;
}
