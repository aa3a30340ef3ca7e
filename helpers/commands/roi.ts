/**
 * Calculates cost, value, return and payback out of an inputs file: the workshop's files and two charts in reports/roi/.
 * PROFILE=lisa takes the file of a customer of the course, PROFILE=all each of them into a folder of its own, with one
 * table of all.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { netValueChart, sensitivityChart } from '../roi/charts.ts';
import { documents } from '../roi/documents/all.ts';
import { profilesDocument, profilesTable } from '../roi/documents/profiles.ts';
import { horizonYears } from '../roi/documents/value.ts';
import { exampleInputs } from '../roi/example.ts';
import { type Inputs, readInputs } from '../roi/inputs.ts';
import { type Measurement, measurementsFile, readMeasurements } from '../roi/measurements.ts';
import { profileFile, readProfiles } from '../roi/profiles.ts';
import { summary } from '../roi/summary.ts';
import { UsageProblem } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

/** Files that not every customer has: those of the customer before would stay beside the others. */
const notAlways = ['dora-metrics-improvement.md', 'build-vs-buy.md'];

/** Writes the files of one customer into a folder, and returns their names. */
async function write(inputs: Inputs, measurements: readonly Measurement[], folder: string): Promise<string[]> {
  const files = documents(inputs, measurements);
  files.set('net-value.svg', netValueChart(inputs));
  files.set('sensitivity.svg', sensitivityChart(inputs, horizonYears));
  await mkdir(folder, { recursive: true });
  for (const name of notAlways) await rm(join(folder, name), { force: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  return [...files.keys()];
}

/** Writes the files of every customer of the course, and a table of all. */
async function writeAll(measurements: readonly Measurement[]): Promise<void> {
  const profiles = await readProfiles();
  for (const { name, inputs } of profiles) await write(inputs, measurements, join(folder, name));
  await writeFile(join(folder, 'profiles.md'), profilesDocument(profiles, measurements));
  process.stdout.write(`${profilesTable(profiles)}\nwritten to reports/roi/: profiles.md, and a folder for each\n`);
}

const folder = join(reportsDir, 'roi');

await command(async () => {
  const { PROFILE: profile = '', INPUTS: file = '' } = given('PROFILE', 'INPUTS');
  if (profile !== '' && file !== '') {
    throw new UsageProblem('PROFILE and INPUTS both name inputs', 'name one of them: make roi INPUTS=mine.yaml');
  }
  const measurements = await readMeasurements(measurementsFile);
  if (profile === 'all') {
    await writeAll(measurements);
    return 0;
  }
  const named = profile === '' ? file || exampleInputs : profileFile(profile);
  const inputs = await readInputs(process.argv[2] ?? named);
  // Each customer has a folder: what another's inputs leave out would stay beside them.
  const written = profile === '' ? folder : join(folder, profile.toLowerCase());
  const names = await write(inputs, measurements, written);
  if (profile !== '')
    process.stdout.write(`inputs: ${relative(projectRoot, named)}; copy them, then make roi INPUTS=<the copy>\n`);
  process.stdout.write(`${summary(inputs)}\nwritten to ${relative(projectRoot, written)}/: ${names.join(', ')}\n`);
  return 0;
});
