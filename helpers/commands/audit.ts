/**
 * Asks the databases of known vulnerabilities about everything that the course takes from others: npm's about the
 * packages of the lockfile, Go's about the programs that were built. A database that does not answer
 * ends the command with the exit code of a machine that lacks something: nothing was found because nothing was asked.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { goRecipes } from '../../kind/catalogue.ts';
import { govulncheckRecipe } from '../../kind/linters.ts';
import { builtFolder, goPrograms } from '../lab/assemble/go-programs.ts';
import { exitCodes } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { type Finding, goFinding, npmFinding } from './audit-findings.ts';
import { command } from './command.ts';

await command(async () => {
  const progress = new Progress();
  const findings: Finding[] = [npmFinding(await run('npm', ['audit', '--json'], { cwd: projectRoot }))];
  const govulncheck = join(
    await progress.timed('govulncheck: go build', () => goPrograms(govulncheckRecipe)),
    'govulncheck',
  );
  for (const recipe of goRecipes) {
    const folder = await builtFolder(recipe);
    if (!existsSync(folder)) {
      findings.push({
        of: `go ${recipe.module}`,
        verdict: 'not built',
        says: 'make course builds it where images are assembled',
      });
      continue;
    }
    for (const program of recipe.programs) {
      const asked = await run(govulncheck, ['-mode=binary', join(folder, program)]);
      findings.push(goFinding(`go ${recipe.module}: ${program}`, asked));
    }
  }
  for (const { of, verdict, says } of findings) process.stdout.write(`${of}: ${verdict}${says && ` (${says})`}\n`);
  if (findings.some(({ verdict }) => verdict === 'vulnerable')) return exitCodes.failed;
  return findings.some(({ verdict }) => verdict === 'not asked') ? exitCodes.environment : 0;
});
