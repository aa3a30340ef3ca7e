/** Writes the report of the last run again; RESULTS="dir1 dir2 …" merges the results of several runs into one report. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { readContractRun } from '../contracts/contract-run.ts';
import { reportsDir } from '../places.ts';
import { UsageProblem } from '../problem.ts';
import { writeFrontPage } from '../report/front-page.ts';
import { generateReport } from '../report/generate.ts';
import { writeModulePages } from '../report/module-pages.ts';
import { readRecordedExercises } from '../report/record.ts';
import { appendHistory, flakes, readHistory } from '../runs/history.ts';
import { writeJobSummary } from '../runs/job-summary.ts';
import { knownSecrets } from '../runs/known-secrets.ts';
import { mergeRuns } from '../runs/merge.ts';
import { archiveRun, readRun, runFile } from '../runs/run-record.ts';
import { command } from './command.ts';

const output = join(reportsDir, 'html');

async function again(): Promise<string> {
  const results = join(reportsDir, 'allure-results');
  if (!existsSync(results)) throw new UsageProblem('there are no results to report on', 'make course');
  const known = await knownSecrets();
  if (!existsSync(join(results, runFile))) return generateReport(results, output, { known });
  // An exercise may have been run again by itself since.
  const run = { ...(await readRun(results)), exercises: await readRecordedExercises(results) };
  await writeFrontPage(run.facts, results, { flakes: flakes(await readHistory()), contracts: await readContractRun() });
  return generateReport(results, output, { run, known });
}

async function merged(folders: readonly string[]): Promise<string> {
  const runs = await Promise.all(folders.map(readRun));
  const results = join(reportsDir, 'merged-results');
  const run = await mergeRuns(folders, runs, results);
  await writeModulePages(run.facts.startedAt, results, run.only === '');
  // Where the parts were run on other machines, the history here knows nothing of them yet.
  if (!(await readHistory()).some(({ date }) => date === run.facts.startedAt)) await appendHistory(run);
  await archiveRun(run);
  await writeJobSummary(run);
  await writeFrontPage(run.facts, results, { flakes: flakes(await readHistory()), contracts: await readContractRun() });
  const count = (status: string) => run.exercises.filter((each) => each.status === status).length;
  const [passed, skipped] = [count('passed'), count('skipped')];
  const failed = run.exercises.length - passed - skipped;
  process.stdout.write(`${folders.length} runs: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return generateReport(results, output, { run, known: await knownSecrets() });
}

await command(async () => {
  const folders = (process.env['RESULTS'] ?? '').split(/\s+/).filter((folder) => folder !== '');
  const report = folders.length === 0 ? await again() : await merged(folders);
  process.stdout.write(`open the report: ${report}\n`);
  return 0;
});
