/** Writes the form for success with customers as a page to print, reports/metrics-form.html: make metrics-form */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readMetrics } from '../curriculum/metrics.ts';
import { metricsFormHtml } from '../report/pages/metrics-form.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  const file = join(reportsDir, 'metrics-form.html');
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, metricsFormHtml(await readMetrics()));
  process.stdout.write(`${file}\n`);
  return 0;
});
