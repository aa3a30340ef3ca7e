import { spawnSync } from 'node:child_process';

/** Runs `nft -f -` on a text, all of it or nothing. @returns what nft has against it; undefined if it was applied */
export function applyTable(text: string): string | undefined {
  const { status, stderr, error } = spawnSync('nft', ['-f', '-'], { input: text, encoding: 'utf8' });
  if (status === 0) return undefined;
  return error === undefined ? stderr.trim() : error.message;
}
