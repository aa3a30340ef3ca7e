/** Writes specs/README.md, the table of contents, out of the cards; with --check it only compares. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { createVitest } from 'vitest/node';

import { placeOf } from '../exercise-path.ts';
import { specsDir } from '../places.ts';
import { exitCodes } from '../problem.ts';
import { command } from './command.ts';

await command(async () => {
  const vitest = await createVitest('test', { watch: false, project: ['lessons', 'mesh-wide lessons'], reporters: [] });
  const { testModules } = await vitest.collect([], { staticParse: false });
  const rows = testModules
    .flatMap((module) =>
      [...module.children.allTests()].map((test) => ({ test, path: relative(specsDir, module.moduleId) })),
    )
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ test, path }) => {
      const { module, exercise } = placeOf(path);
      const card = test.meta().card;
      return `| ${module} | ${exercise} | [${test.name}](${path}) | ${card?.persona} | ${card?.proves.join(' ')} | ${card?.needs.join(' ')} |`;
    });
  await vitest.close();
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
