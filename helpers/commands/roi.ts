/** Calculates cost, value, return and payback out of an inputs file: the workshop's files and two charts in reports/roi/. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { netValueChart, sensitivityChart } from '../roi/charts.ts';
import { documents } from '../roi/documents/all.ts';
import { horizonYears } from '../roi/documents/value.ts';
import { exampleInputs } from '../roi/example.ts';
import { readInputs } from '../roi/inputs.ts';
import { measurementsFile, readMeasurements } from '../roi/measurements.ts';
import { summary } from '../roi/summary.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  const inputs = await readInputs(process.argv[2] ?? (process.env['INPUTS'] || exampleInputs));
  const measurements = await readMeasurements(measurementsFile);
  const folder = join(reportsDir, 'roi');
  const files = documents(inputs, measurements);
  files.set('net-value.svg', netValueChart(inputs));
  files.set('sensitivity.svg', sensitivityChart(inputs, horizonYears));
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  process.stdout.write(`${summary(inputs)}\nwritten to reports/roi/: ${[...files.keys()].join(', ')}\n`);
  return 0;
});
