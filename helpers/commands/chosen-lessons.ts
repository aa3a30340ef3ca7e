import { choices } from '../lab/choices.ts';
import { chosenZtunnel } from '../lab/ztunnel.ts';
import { specFiles } from './run-lessons.ts';
import { shardOf } from './shard.ts';

/**
 * The spec files that `make course` runs with the choices of this process. Commands that end with the course ask for them
 * first: what is wrong is said before anything begins.
 *
 * @throws {UsageProblem} if ONLY, SHARD or ZTUNNEL names nothing that is there
 */
export async function chosenLessons(): Promise<string[]> {
  const { ONLY, SHARD, ZTUNNEL } = choices();
  // The lessons that need it are the last.
  if (ZTUNNEL !== undefined) await chosenZtunnel();
  return shardOf(await specFiles(ONLY), SHARD);
}
