import { relative } from 'node:path';

import { specsDir } from '../system/paths.ts';
import { withoutKind } from './spec-kinds.ts';

/** Path of the claim that a spec file is about, which its fixture folder has too: `01-foundation/04-network-policy/01-blocks-the-attacker`. */
export function pathOfSpec(file: string): string {
  return withoutKind(relative(specsDir, file));
}

/** Words of folder names that are written in capitals. */
const abbreviations: ReadonlySet<string> = new Set(['tls', 'roi', 'slo', 'strict']);

/** Titles of module and exercise out of the path: `01-foundation/04-network-policy/…` → `01 Foundation`, `04 Network policy`; `06-mutual-tls` → `06 Mutual TLS`. */
export function placeOf(path: string): { module: string; exercise: string } {
  const [module = '', exerciseFolder = ''] = path.split('/').map((part) => {
    const [number = '', ...words] = part.split('-');
    const text = words.map((word) => (abbreviations.has(word) ? word.toUpperCase() : word)).join(' ');
    return `${number} ${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  });
  return { module, exercise: exerciseFolder };
}
