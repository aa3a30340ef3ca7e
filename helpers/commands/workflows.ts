/** Lints the workflows of GitHub with actionlint, which is built on the first run (some seconds). */
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { actionlintRecipe } from '../../kind/linters.ts';
import { goPrograms } from '../lab/assemble/go-programs.ts';
import { exitCodes } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { command } from './command.ts';

await command(async () => {
  const files = await Array.fromAsync(glob('.github/workflows/*.yaml', { cwd: projectRoot }));
  if (files.length === 0) throw new Error('there is no workflow to lint');
  const actionlint = join(await goPrograms(actionlintRecipe), 'actionlint');
  // Other linters that it would call if a machine happens to have them are off, so that every machine judges alike.
  const flags = ['-no-color', '-shellcheck=', '-pyflakes='];
  const { exitCode, stdout, stderr } = await run(actionlint, [...flags, ...files], { cwd: projectRoot });
  process.stdout.write(
    exitCode === 0 ? `actionlint: ${files.length} workflows, nothing wrong\n` : `${stdout}${stderr}`,
  );
  return exitCode === 0 ? 0 : exitCodes.failed;
});
