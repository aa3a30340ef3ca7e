import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { pageId } from '../../record/results.ts';
import { type RunRecord, writeRun } from '../../runs/run-record.ts';
import { projectRoot, reportsDir, stateDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import { writeDecisionPages } from '../pages/decision-pages.ts';
import { writeExercisePages } from '../pages/exercise-pages.ts';
import { explainIds } from '../pages/explain-ids.ts';
import { frontPageId, type Surroundings, writeFrontPage } from '../pages/front-page.ts';
import { writeLessonPages } from '../pages/lesson-pages.ts';
import { writeModulePages } from '../pages/module-pages.ts';
import { writeReturnsPage } from '../pages/returns-page.ts';
import { writeTroubleshootingPage } from '../pages/troubleshooting-page.ts';
import { writeValuePages } from '../pages/value-pages.ts';
import { compressHtml } from './compress.ts';
import { finalizeHtml } from './finalize-html.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { scrubResults } from './scrub.ts';
import type { KnownValues } from './secret-scan.ts';
import { writeFindings } from './write-findings.ts';

/** What a report is made from besides the results. */
export interface ReportOptions {
  /** The same as data, to be kept beside it; without one there is no front page, and none of a module or before an exercise. */
  readonly run?: RunRecord;
  readonly around?: Surroundings;
  /** Values that the report must not hold. */
  readonly known?: KnownValues;
}

/**
 * Makes the report out of a run's results: one HTML file that opens from disk and calls nobody. The results stay as they
 * are, but for what must leave no machine.
 *
 * @returns path of the file
 * @throws {Problem} if anything in it looks like a secret; the report is then removed
 */
export async function generateReport(
  resultsDir: string,
  outputDir: string,
  { run, around, known }: ReportOptions = {},
): Promise<string> {
  await scrubResults(resultsDir, projectRoot);
  await mkdir(stateDir, { recursive: true });
  const findings = join(dirname(resolve(outputDir)), 'findings');
  let words: ReadonlyMap<string, string>;
  const draft = await mkdtemp(join(stateDir, 'report-'));
  try {
    await cp(resultsDir, draft, { recursive: true });
    words = await writeLessonPages(draft);
    if (run !== undefined) {
      const made = [...(await writeReturnsPage(run, draft)), ...(await writeDecisionPages(run, draft))];
      const modules = await writeModulePages(run, draft, made);
      await writeExercisePages(run, draft);
      await writeValuePages(run, draft);
      const troubleshooting = await writeTroubleshootingPage(run, draft);
      await writeFrontPage(run, draft, { ...around, troubleshooting, modules });
    }
    await explainIds(draft);
    await rm(outputDir, { recursive: true, force: true });
    const config = join(reportsDir, 'allurerc.mjs');
    const allure = join(projectRoot, 'node_modules', '.bin', 'allure');
    const where = ['--config', config, '--output', resolve(outputDir), '--cwd', projectRoot];
    await must(allure, ['generate', draft, ...where]);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const path = resolve(outputDir, 'index.html');
  const html = finalizeHtml(await readFile(path, 'utf8'), pageId(frontPageId), words);
  await writeFile(path, compressHtml(html));
  if (run !== undefined) {
    await writeRun(outputDir, run);
    await writeFindings(run, findings);
  }
  await refuseSecrets(outputDir, known);
  if (existsSync(findings)) await refuseSecrets(findings, known);
  return path;
}
