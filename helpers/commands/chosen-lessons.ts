import { choices } from '../lab/choices.ts';
import { chosenZtunnel } from '../lab/ztunnel.ts';
import { UsageProblem } from '../system/errors.ts';
import { specFiles } from './run-lessons.ts';
import { shardOf } from './shard.ts';
import { given, typedNames } from './variables.ts';

/**
 * The spec files that `make course` runs with the choices of this process. Commands that end with the course ask for them
 * first: what is wrong is said before anything begins.
 *
 * @throws {UsageProblem} if ONLY, SHARD or ZTUNNEL names nothing that is there, or ID was typed
 */
export async function chosenLessons(): Promise<string[]> {
  const { ONLY, SHARD, ZTUNNEL } = choices();
  // An ID that was exported may be that of the machine; one that was typed was meant to choose, and would not.
  if (typedNames(process.env['MAKEFLAGS']).includes('ID'))
    throw new UsageProblem('the course is chosen by ONLY, not by ID', `make course ONLY=${given('ID').ID ?? 'm1.e4'}`);
  // The lessons that need it are the last.
  if (ZTUNNEL !== undefined) await chosenZtunnel();
  return shardOf(await specFiles(ONLY), SHARD);
}
