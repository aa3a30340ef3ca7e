import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { projectRoot, reportsDir } from '../places.ts';
import { must } from '../program.ts';
import { frontPageId } from './front-page.ts';
import { pageId } from './results.ts';
import { seal } from './seal.ts';
import { findSecrets } from './secrets.ts';
import { tidyResults } from './tidy.ts';

/**
 * Makes the report out of a run's results: one HTML file that opens from disk and calls nobody.
 *
 * @returns path of the file
 * @throws if anything in it looks like a secret; the file is then removed
 */
export async function generateReport(resultsDir: string, outputDir: string): Promise<string> {
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
  const secrets = findSecrets(html);
  if (secrets.length > 0) {
    await rm(outputDir, { recursive: true });
    throw new Error(`The report was removed, because it holds what looks like secrets: ${secrets.join(', ')}`);
  }
  await writeFile(path, html);
  return path;
}
