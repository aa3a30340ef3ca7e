/** The role-plays of the course: talks with its five customers, each in a file of specs/practice/role-plays. */
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { parse } from 'yaml';

import { UsageProblem } from '../system/errors.ts';
import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type RolePlay, rolePlayFaults } from './role-play.ts';

/** Where they lie. */
export const rolePlaysDir = join(specsDir, 'practice', 'role-plays');

/**
 * Reads every role-play, in the order of their names.
 *
 * @throws with every fault found, when one does not fit the curriculum
 */
export async function readRolePlays(curriculum: Curriculum, dir = rolePlaysDir): Promise<RolePlay[]> {
  const files = (await Array.fromAsync(glob('*.yaml', { cwd: dir }))).toSorted((a, b) => (a < b ? -1 : 1));
  const cards = await Promise.all(
    files.map(async (file) => ({ file, card: parse(await readFile(join(dir, file), 'utf8')) as RolePlay })),
  );
  const faults = cards.flatMap(({ file, card }) =>
    [
      ...rolePlayFaults(card, curriculum),
      ...(card.scenario === basename(file, '.yaml') ? [] : ['scenario: is not the name of the file']),
    ].map((fault) => `specs/practice/role-plays/${file} ${fault}`),
  );
  if (faults.length > 0) throw new Error(`Role-plays have faults:\n${faults.join('\n')}`);
  return cards.map(({ card }) => card);
}

/** The role-play of a name. @throws {UsageProblem} if there is none, with those that there are */
export function rolePlayNamed(rolePlays: readonly RolePlay[], name: string | undefined, target: string): RolePlay {
  const found = rolePlays.find(({ scenario }) => scenario === name?.toLowerCase());
  if (found !== undefined) return found;
  const known = rolePlays.map(({ scenario }) => `SCENARIO=${scenario}`).join(' or ');
  throw new UsageProblem(
    name === undefined || name === '' ? `${target} needs a scenario` : `SCENARIO=${name} is no scenario`,
    `make ${target} ${known}`,
  );
}

/** The role-play with a persona, which is called by the first name; undefined if there is none. */
export function rolePlayWith(rolePlays: readonly RolePlay[], persona: string): RolePlay | undefined {
  const [first = ''] = persona.toLowerCase().split(' ');
  return rolePlays.find(({ scenario }) => scenario === first);
}
