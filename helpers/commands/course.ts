/**
 * Runs the course on the lab, or on one of its own, and writes the report. ONLY=m1.e4 runs one exercise, SHARD=1/4 the
 * first of four parts; PAUSE=1 stops at the first failure and leaves everything as it is.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { prepareCluster } from '../cluster/cluster.ts';
import { runFacts } from '../cluster/facts.ts';
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { Progress } from '../cluster/progress.ts';
import { readContractRun } from '../contracts/contract-run.ts';
import { readFaultRun } from '../faults/fault-run.ts';
import { reportsDir } from '../places.ts';
import { exitCodes } from '../problem.ts';
import { writeFrontPage } from '../report/front-page.ts';
import { generateReport } from '../report/generate.ts';
import { writeModulePages } from '../report/module-pages.ts';
import { readRecordedExercises } from '../report/record.ts';
import { measurementsFile, writeMeasurements } from '../roi/measurements.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { failureSummary } from '../runs/failure-summary.ts';
import { appendHistory, flakes, readHistory } from '../runs/history.ts';
import { writeJobSummary } from '../runs/job-summary.ts';
import { knownSecrets } from '../runs/known-secrets.ts';
import { archiveRun, writeRun } from '../runs/run-record.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';
import { chosen, shardOf } from './shard.ts';

await command(async () => {
  const files = shardOf(await specFiles(process.env['ONLY']), process.env['SHARD']);
  const only = chosen(process.env);
  const commit = await commitOfCheckout();
  const progress = new Progress();
  const pausing = process.env['PAUSE'] === '1';
  const cluster = await prepareCluster(progress, pausing);
  const enforced = await progress.timed('NetworkPolicy is enforced', enforcesNetworkPolicy);
  process.env['NETWORK_POLICY_ENFORCED'] = enforced ? 'yes' : 'no';
  const resultsDir = join(reportsDir, 'allure-results');
  await rm(resultsDir, { recursive: true, force: true });
  const { passed, failed, skipped, measurements, leftovers } = await progress.timed(`${files.length} lessons`, () =>
    runLessons(files),
  );
  const facts = await runFacts(cluster, progress);
  if (measurements.length > 0) await writeMeasurements(measurementsFile, measurements, facts.startedAt);
  const whole = only === '';
  const unproven = await writeModulePages(facts.startedAt, resultsDir, whole);
  if (whole) for (const { to, id } of unproven) progress.say(`“${to}” cites ${id}, which nothing has proven`);
  const run = { facts, commit, only, exercises: await readRecordedExercises(resultsDir) };
  await appendHistory(run);
  await writeJobSummary(run);
  await writeFrontPage(facts, resultsDir, {
    flakes: flakes(await readHistory()),
    faults: await readFaultRun(),
    contracts: await readContractRun(),
    leftovers,
  });
  const known = await knownSecrets();
  const report = await progress.timed('report', () =>
    generateReport(resultsDir, join(reportsDir, 'html'), { run, known }),
  );
  // With the results, so that results of several runs can be merged: make report RESULTS=…
  await writeRun(resultsDir, run);
  await archiveRun(run);
  if (!cluster.kept) await progress.timed('lab removed', cluster.remove);
  progress.say(`open the report: ${report}`);
  if (pausing && failed > 0) progress.say('look around with: make shell; when you have seen enough: make down');
  process.stdout.write(failureSummary(run.exercises));
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed > 0 || passed === 0 || (whole && unproven.length > 0) ? exitCodes.failed : 0;
});
