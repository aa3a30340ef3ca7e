/**
 * Calculates cost, value, return and payback out of an inputs file: the workshop's files and two charts in reports/roi/.
 * PROFILE=lisa takes the file of a customer of the course, PROFILE=all each of them into a folder of its own, with one
 * table of all. What the last run has shown decides between sidecars and ambient, where the inputs tell of namespaces; RUN=dir
 * takes another.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { customersIn } from '../decision/customer.ts';
import { decisionDocuments } from '../decision/documents.ts';
import { nothingShown, type Shown, shownBy } from '../decision/shown.ts';
import { netValueChart, sensitivityChart } from '../roi/charts.ts';
import { documents } from '../roi/documents/all.ts';
import { profilesDocument, profilesTable } from '../roi/documents/profiles.ts';
import { horizonYears } from '../roi/documents/value.ts';
import { exampleInputs } from '../roi/example.ts';
import { type Inputs, readInputs } from '../roi/inputs.ts';
import { type Measurement, measurementsFile, readMeasurements } from '../roi/measurements.ts';
import { profileFile, readProfiles } from '../roi/profiles.ts';
import { summary } from '../roi/summary.ts';
import { namedCourse } from '../runs/last-course.ts';
import { UsageProblem } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

/** Files that not every customer has: those of the customer before would stay beside the others. */
const notAlways = ['dora-metrics-improvement.md', 'build-vs-buy.md', 'sidecars-and-ambient.md', 'decision-record.md'];

/** What runs have left: figures, and what each exercise came to. */
interface Known {
  readonly measurements: readonly Measurement[];
  readonly shown: Shown;
}

/** Writes the files of one customer into a folder, and returns their names. */
async function write(inputs: Inputs, { measurements, shown }: Known, folder: string): Promise<string[]> {
  const files = documents(inputs, measurements);
  for (const customer of customersIn([inputs]))
    for (const [name, text] of decisionDocuments(customer, shown)) files.set(name, text);
  files.set('net-value.svg', netValueChart(inputs));
  files.set('sensitivity.svg', sensitivityChart(inputs, horizonYears));
  await mkdir(folder, { recursive: true });
  for (const name of notAlways) await rm(join(folder, name), { force: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  return [...files.keys()];
}

/** Writes the files of every customer of the course, and a table of all. */
async function writeAll(known: Known): Promise<void> {
  const profiles = await readProfiles();
  for (const { name, inputs } of profiles) await write(inputs, known, join(folder, name));
  await writeFile(join(folder, 'profiles.md'), profilesDocument(profiles, known.measurements));
  process.stdout.write(`${profilesTable(profiles)}\nwritten to reports/roi/: profiles.md, and a folder for each\n`);
}

const folder = join(reportsDir, 'roi');

await command(async () => {
  const { PROFILE: profile = '', INPUTS: file = '', RUN } = given('PROFILE', 'INPUTS', 'RUN');
  if (profile !== '' && file !== '') {
    throw new UsageProblem('PROFILE and INPUTS both name inputs', 'name one of them: make roi INPUTS=mine.yaml');
  }
  const run = await namedCourse(RUN);
  const shown = run === undefined ? nothingShown : shownBy(run);
  const known = { measurements: await readMeasurements(measurementsFile), shown };
  if (profile === 'all') {
    await writeAll(known);
    return 0;
  }
  const named = profile === '' ? file || exampleInputs : profileFile(profile);
  const inputs = await readInputs(process.argv[2] ?? named);
  // Each customer has a folder: what another's inputs leave out would stay beside them.
  const written = profile === '' ? folder : join(folder, profile.toLowerCase());
  const names = await write(inputs, known, written);
  if (profile !== '')
    process.stdout.write(`inputs: ${relative(projectRoot, named)}; copy them, then make roi INPUTS=<the copy>\n`);
  process.stdout.write(`${summary(inputs)}\nwritten to ${relative(projectRoot, written)}/: ${names.join(', ')}\n`);
  return 0;
});
