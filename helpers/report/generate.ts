import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { projectRoot, reportsDir } from '../places.ts';
import { must } from '../program.ts';
import { type RunRecord, writeRun } from '../runs/run-record.ts';
import { frontPageId } from './front-page.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { pageId } from './results.ts';
import { seal } from './seal.ts';
import type { KnownValues } from './secret-scan.ts';
import { tidyResults } from './tidy.ts';

/**
 * Makes the report out of a run's results: one HTML file that opens from disk and calls nobody.
 *
 * @param run the same as data, to be kept beside it
 * @param known values that it must not hold
 * @returns path of the file
 * @throws {Problem} if anything in it looks like a secret; the report is then removed
 */
export async function generateReport(
  resultsDir: string,
  outputDir: string,
  { run, known }: { readonly run?: RunRecord; readonly known?: KnownValues } = {},
): Promise<string> {
  await tidyResults(resultsDir, projectRoot);
  await rm(outputDir, { recursive: true, force: true });
  const config = join(reportsDir, 'allurerc.mjs');
  const allure = join(projectRoot, 'node_modules', '.bin', 'allure');
  await must(allure, [
    'generate',
    resolve(resultsDir),
    '--config',
    config,
    '--output',
    resolve(outputDir),
    '--cwd',
    projectRoot,
  ]);
  const path = resolve(outputDir, 'index.html');
  const html = seal(await readFile(path, 'utf8'), pageId(frontPageId));
  await writeFile(path, html);
  if (run !== undefined) await writeRun(outputDir, run);
  await refuseSecrets(outputDir, known);
  return path;
}
