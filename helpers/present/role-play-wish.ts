/** What a player types while a customer waits for an answer. */
import { idsIn } from '../curriculum/standing.ts';

/** What a player wants: to answer, to call up evidence, a hint, to pass, or to end. */
export type RolePlayWish =
  | { readonly wants: 'answer'; readonly words: string }
  | { readonly wants: 'evidence'; readonly of: string }
  | { readonly wants: 'hint' | 'pass' | 'quit' | 'help' };

const words = { h: 'hint', hint: 'hint', p: 'pass', pass: 'pass', q: 'quit', quit: 'quit' } as const;

/** Fewer letters are a slip of the fingers, and no sentence. */
const shortest = 12;

/**
 * Reads a line: `evidence m1.e4.a2`, or the id alone, calls it up; `evidence label` looks for words. Any sentence is an
 * answer; what is too short for one is `help`.
 */
export function readRolePlayWish(line: string): RolePlayWish {
  const text = line.trim();
  const known = Object.entries(words).find(([word]) => word === text.toLowerCase());
  if (known !== undefined) return { wants: known[1] };
  const [, asked] = /^(?:e|evidence)\s+(.+)$/i.exec(text) ?? [];
  if (asked !== undefined) return { wants: 'evidence', of: asked };
  const [first = ''] = idsIn(text);
  if (first !== '' && text.toLowerCase() === first) return { wants: 'evidence', of: first };
  return text.length < shortest ? { wants: 'help' } : { wants: 'answer', words: text };
}

/** Yes or no; undefined where it is neither. */
export function readYesOrNo(line: string): boolean | undefined {
  const text = line.trim().toLowerCase();
  if (text === 'y' || text === 'yes') return true;
  return text === 'n' || text === 'no' ? false : undefined;
}
