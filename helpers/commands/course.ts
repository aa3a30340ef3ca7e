/**
 * Runs the course on the lab, or on one of its own, and writes the report. ONLY=m1.e4 runs one exercise, SHARD=1/4 the
 * first of four parts; PAUSE=1 stops at the first failure and leaves everything as it is.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readFaultRun } from '../faults/fault-run.ts';
import { choices } from '../lab/choices.ts';
import { prepareCluster } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { runFacts } from '../lab/facts.ts';
import { readMutantRun } from '../mutants/mutant-run.ts';
import { noteOwnRun } from '../progress/own-run.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { readRecordedExercises } from '../record/record.ts';
import type { Surroundings } from '../report/pages/front-page.ts';
import { unprovenCitations } from '../report/pages/run-cards.ts';
import { generateReport } from '../report/publish/generate.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import { measurementsFile, writeMeasurements } from '../roi/measurements.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { readContractRun } from '../runs/contract-run.ts';
import { failureSummary } from '../runs/failure-summary.ts';
import { appendHistory, flakes, readHistory } from '../runs/history.ts';
import { writeJobSummary } from '../runs/job-summary.ts';
import { archiveRun, writeRun } from '../runs/run-record.ts';
import { exitCodes } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { chosenLessons } from './chosen-lessons.ts';
import { command } from './command.ts';
import { runLessons } from './run-lessons.ts';
import { chosen } from './shard.ts';

await command(async () => {
  const files = await chosenLessons();
  const only = chosen(choices());
  const commit = await commitOfCheckout();
  const progress = new Progress();
  const pausing = choices().PAUSE === '1';
  const cluster = await prepareCluster(progress, pausing);
  const lab = await progress.timed('what the cluster can do', () => describeLab(files));
  const resultsDir = join(reportsDir, 'allure-results');
  await rm(resultsDir, { recursive: true, force: true });
  const { passed, failed, skipped, leftovers } = await progress.timed(`${files.length} lessons`, () =>
    runLessons(files, { lab, resultsDir }),
  );
  const facts = await runFacts(cluster, progress);
  const whole = only === '';
  const run = { facts, commit, only, exercises: await readRecordedExercises(resultsDir), leftovers };
  await writeMeasurements(measurementsFile, run);
  const unproven = whole ? await unprovenCitations(run.exercises) : [];
  for (const { to, id } of unproven) progress.say(`“${to}” cites ${id}, which nothing has proven`);
  await appendHistory(run);
  await writeJobSummary(run);
  const around: Surroundings = {
    flakes: flakes(await readHistory()),
    faults: await readFaultRun(),
    contracts: await readContractRun(),
    mutants: await readMutantRun(),
  };
  const known = await knownSecrets();
  const report = await progress.timed('report', () =>
    generateReport(resultsDir, join(reportsDir, 'html'), { run, around, known }),
  );
  // With the results, so that results of several runs can be merged: make report RESULTS=…
  await writeRun(resultsDir, run);
  await archiveRun(run);
  await noteOwnRun(run.exercises.map(assertionResultOf));
  if (!cluster.kept) await progress.timed('lab removed', cluster.remove);
  progress.say(`open the report: ${report}`);
  if (pausing && failed > 0) progress.say('look around with: make shell; when you have seen enough: make down');
  process.stdout.write(failureSummary(run.exercises, 'make course'));
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed > 0 || passed === 0 || unproven.length > 0 ? exitCodes.failed : 0;
});
