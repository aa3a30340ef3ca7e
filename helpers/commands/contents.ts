/** Writes specs/README.md, the table of contents, out of the cards; with --check it only compares. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { placeOf } from '../record/exercise-path.ts';
import { exitCodes } from '../system/errors.ts';
import { specsDir } from '../system/paths.ts';
import { collectCards } from './collect-cards.ts';
import { command } from './command.ts';

await command(async () => {
  const rows = (await collectCards()).map(({ path, claim, card }) => {
    const { module, exercise } = placeOf(path);
    return `| ${module} | ${exercise} | [${claim}](${path}) | ${card.persona} | ${card.proves.join(' ')} | ${card.needs.join(' ')} |`;
  });
  const table = [
    '| module | exercise | claim | asked by | proves | needs |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  const text = `# The course, claim by claim\n\nWritten by \`make contents\` from the cards of the exercises.\n\n${table}\n`;
  const file = join(specsDir, 'README.md');
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    return 0;
  }
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return 0;
  process.stderr.write('specs/README.md is not what the cards say\nnext: make contents, and commit it\n');
  return exitCodes.failed;
});
