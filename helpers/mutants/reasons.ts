import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';

/**
 * Mutants of an exercise that may survive, each with its reason, by their names: what `NAME.mutants.yaml` beside the
 * spec says.
 *
 * @param path of the exercise, e.g. `01-foundation/04-network-policy/01-blocks-the-attacker`
 */
export async function reasonsOf(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(specsDir, `${path}.mutants.yaml`), 'utf8').catch(() => '');
  return (parse(text) as Record<string, string> | null) ?? {};
}
