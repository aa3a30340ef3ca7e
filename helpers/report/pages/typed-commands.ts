/** Commands of the troubleshooting index, as exercises of a run have typed them. */
import { isSuchCommand, type Symptom, type TroubleshootingIndex } from '../../curriculum/troubleshooting.ts';
import type { RanCommand } from '../../record/observation.ts';
import type { RecordedExercise } from '../../record/record.ts';
import type { BrokenLink } from './backing.ts';

/** What of an exercise is looked at. */
export type Ran = Pick<RecordedExercise, 'status' | 'card' | 'commands'>;

/** The first such command that an exercise ran which proves the row. */
export function typedFor(row: Symptom, run: readonly Ran[]): RanCommand | undefined {
  return proving(row, run)
    .flatMap(({ commands }) => commands)
    .find(({ typed }) => isSuchCommand(row.first, typed));
}

/** Rows whose exercises have passed without such a command. */
export function untypedCommands({ parts }: TroubleshootingIndex, run: readonly Ran[]): BrokenLink[] {
  return parts
    .flatMap(({ rows }) => rows)
    .filter((row) => proving(row, run).length > 0 && typedFor(row, run) === undefined)
    .map(({ symptom, first }) => ({
      to: symptom,
      id: `the command “${first}”`,
      reason: 'no exercise that proves the row has run it',
    }));
}

/** Exercises that passed and prove a part of a row. */
function proving({ provenBy = [] }: Symptom, run: readonly Ran[]): Ran[] {
  return run.filter(
    ({ status, card }) => status === 'passed' && card?.proves.some((each) => provenBy.includes(each)) === true,
  );
}
