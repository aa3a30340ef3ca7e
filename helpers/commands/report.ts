/** Writes the report of the last run again; RESULTS="dir1 dir2 …" merges the results of several runs into one report. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readFaultRun } from '../faults/fault-run.ts';
import { readMutantRun } from '../mutants/mutant-run.ts';
import { readRecordedExercises } from '../record/record.ts';
import { resultFileNames } from '../record/results.ts';
import type { Surroundings } from '../report/pages/front-page.ts';
import { generateReport } from '../report/publish/generate.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import type { KnownValues } from '../report/publish/secret-scan.ts';
import { measurementsFile, writeMeasurements } from '../roi/measurements.ts';
import { readContractRun } from '../runs/contract-run.ts';
import { appendHistory, flakes, readHistory } from '../runs/history.ts';
import { writeJobSummary } from '../runs/job-summary.ts';
import { mergeRuns } from '../runs/merge.ts';
import { archiveRun, readRun, runFile } from '../runs/run-record.ts';
import { UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { ProgramFailed } from '../system/program.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

const output = join(reportsDir, 'html');

async function around(): Promise<Surroundings> {
  return {
    flakes: flakes(await readHistory()),
    faults: await readFaultRun(),
    contracts: await readContractRun(),
    mutants: await readMutantRun(),
  };
}

/** The run is over, and its cluster may be gone: then its report is looked through for what secrets look like, and it is said. */
async function knownIfThere(): Promise<KnownValues> {
  return knownSecrets().catch((error: unknown) => {
    if (!(error instanceof ProgramFailed)) throw error;
    process.stderr.write('The cluster that KUBECONFIG names does not tell its Secrets, so no values are known.\n');
    return { secret: new Map<string, string>(), published: [] };
  });
}

async function again(): Promise<string> {
  const results = join(reportsDir, 'allure-results');
  if (!existsSync(results)) throw new UsageProblem('there are no results to report on', 'make course');
  const known = await knownIfThere();
  if (!existsSync(join(results, runFile))) return generateReport(results, output, { known });
  // An exercise may have been run again by itself since.
  const run = { ...(await readRun(results)), exercises: await readRecordedExercises(results) };
  return generateReport(results, output, { run, around: await around(), known });
}

/** @throws {UsageProblem} if a folder holds no results, or is the one that is emptied for all */
async function checkResults(folder: string, target: string): Promise<void> {
  const names = await resultFileNames(folder).catch(() => []);
  if (names.length > 0 && resolve(folder) !== target) return;
  throw new UsageProblem(
    names.length > 0 ? `${folder} is what such a report was made of` : `${folder} holds no results of exercises`,
    'name folders like reports/allure-results: make report RESULTS="dir1 dir2"',
  );
}

async function merged(folders: readonly string[]): Promise<string> {
  const results = join(reportsDir, 'merged-results');
  for (const folder of folders) await checkResults(folder, results);
  const runs = await Promise.all(folders.map(readRun));
  const run = await mergeRuns(folders, runs, results);
  // Where the parts were run on other machines, the history here knows nothing of them yet.
  if (!(await readHistory()).some(({ date }) => date === run.facts.startedAt)) await appendHistory(run);
  await archiveRun(run);
  await writeMeasurements(measurementsFile, run);
  await writeJobSummary(run);
  const count = (status: string) => run.exercises.filter((each) => each.status === status).length;
  const [passed, skipped] = [count('passed'), count('skipped')];
  const failed = run.exercises.length - passed - skipped;
  process.stdout.write(`${folders.length} runs: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return generateReport(results, output, { run, around: await around(), known: await knownIfThere() });
}

await command(async () => {
  const folders = (given('RESULTS').RESULTS ?? '').split(/\s+/).filter((folder) => folder !== '');
  const report = folders.length === 0 ? await again() : await merged(folders);
  process.stdout.write(`open the report: ${report}\n`);
  return 0;
});
