import { readFile } from 'node:fs/promises';

import type { CapabilityName } from '../record/capabilities.ts';

/**
 * True if the card of one of these spec files names a capability; none of them is run. A card's needs are written out: they
 * are data, and tests hold them to that.
 */
export async function someNeed(specs: readonly string[], capability: CapabilityName): Promise<boolean> {
  const texts = await Promise.all(specs.map((file) => readFile(file, 'utf8')));
  return texts.some((text) => text.includes(`'${capability}'`));
}
