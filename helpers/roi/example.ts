import { join } from 'node:path';

import { readInputs, type WholeInputs, wholeInputs } from './inputs.ts';
import { profilesDir } from './profiles.ts';

/** The inputs file of RapidScale: what is calculated where no other is named. */
export const exampleInputs = join(profilesDir, 'rapidscale.yaml');

/** The inputs of RapidScale, with nothing left out. */
export async function readExample(): Promise<WholeInputs> {
  return wholeInputs(await readInputs(exampleInputs), exampleInputs);
}
