/** Writes the report of the last run again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { reportsDir } from '../places.ts';
import { UsageProblem } from '../problem.ts';
import { generateReport } from '../report/generate.ts';
import { command } from './command.ts';

await command(async () => {
  const results = join(reportsDir, 'allure-results');
  if (!existsSync(results)) throw new UsageProblem('there are no results to report on', 'make course');
  process.stdout.write(`open the report: ${await generateReport(results, join(reportsDir, 'html'))}\n`);
  return 0;
});
