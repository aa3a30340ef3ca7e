/** The customers of the course as inputs of the calculation, one file for each persona. */
import { join } from 'node:path';

import { UsageProblem } from '../system/errors.ts';
import { fixturesDir } from '../system/paths.ts';
import { type Inputs, readInputs } from './inputs.ts';

/** Where the inputs files lie. */
export const profilesDir = join(fixturesDir, '02-service-mesh-value/07-roi');

/** Inputs files by the persona's first name, in the order of the course. */
export const profiles = {
  sarah: 'megabank.yaml',
  marcus: 'rapidscale.yaml',
  jennifer: 'jennifer.yaml',
  ahmed: 'ahmed.yaml',
  lisa: 'lisa.yaml',
} as const satisfies Readonly<Record<string, string>>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as ProfileName[];

/** A customer of the course with all that is calculated from. */
export interface Profile {
  readonly name: ProfileName;
  readonly inputs: Inputs;
}

/** Every customer of the course. */
export async function readProfiles(): Promise<Profile[]> {
  return Promise.all(profileNames.map(async (name) => ({ name, inputs: await readInputs(profileFile(name)) })));
}

/** @throws {UsageProblem} if no customer of the course has that name */
export function profileFile(name: string): string {
  const found = profileNames.find((each) => each === name.toLowerCase());
  if (found !== undefined) return join(profilesDir, profiles[found]);
  throw new UsageProblem(`PROFILE=${name} is no profile`, `use PROFILE=${profileNames.join(', ')} or all`);
}
