/** Writes the script of a demo as one page to print, reports/demo-<name>.html: make demo-script DEMO=security */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { demoNamed, readDemos } from '../curriculum/demos.ts';
import { demoPageHtml } from '../report/pages/demo-page.ts';
import { readRun, runFile, type RunRecord } from '../runs/run-record.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const demo = demoNamed(await readDemos(curriculum), process.env['DEMO'], 'demo-script');
  const file = join(reportsDir, `demo-${demo.demo}.html`);
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, demoPageHtml(demo, curriculum, await lastRun()));
  process.stdout.write(`${file}\n`);
  return 0;
});

/** The last run of the course on this machine, if there was one. */
async function lastRun(): Promise<RunRecord | undefined> {
  const folder = join(reportsDir, 'allure-results');
  return existsSync(join(folder, runFile)) ? readRun(folder) : undefined;
}
