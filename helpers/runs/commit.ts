import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';

/** Commit of this checkout, abbreviated, with `+` behind it where files differ from it; empty outside a checkout. */
export async function commitOfCheckout(): Promise<string> {
  const head = await run('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot });
  if (head.exitCode !== 0) return '';
  const changes = await run('git', ['status', '--porcelain'], { cwd: projectRoot });
  return `${head.stdout.trim()}${changes.stdout.trim() === '' ? '' : '+'}`;
}
