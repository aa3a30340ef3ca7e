/**
 * Writes the script of a demo as one page to print, reports/demo-<name>.html: make demo-script DEMO=security. Its marks are of
 * the last run of the course on this machine, or of the report that RUN names.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { demoNamed, readDemos } from '../curriculum/demos.ts';
import { demoPageHtml } from '../report/pages/demo-page.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { evidenceRun } from './evidence-run.ts';
import { given } from './variables.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const demo = demoNamed(await readDemos(curriculum), given('DEMO').DEMO, 'demo-script');
  const file = join(reportsDir, `demo-${demo.demo}.html`);
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, demoPageHtml(demo, curriculum, await evidenceRun()));
  process.stdout.write(`${file}\n`);
  return 0;
});
