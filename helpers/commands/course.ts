/**
 * Runs the course on the lab, or on one of its own, and writes the report. ONLY=m1.e4 runs one exercise; PAUSE=1 stops
 * at the first failure and leaves everything as it is.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { runFacts } from '../cluster/facts.ts';
import { sweepLabs } from '../cluster/lab.ts';
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { prepareLab } from '../cluster/prepare.ts';
import { Progress } from '../cluster/progress.ts';
import { reportsDir } from '../places.ts';
import { exitCodes } from '../problem.ts';
import { writeFrontPage } from '../report/front-page.ts';
import { generateReport } from '../report/generate.ts';
import { writeModulePages } from '../report/module-pages.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  const files = await specFiles(process.env['ONLY']);
  const progress = new Progress();
  const pausing = process.env['PAUSE'] === '1';
  const prepared = await prepareLab(progress, pausing);
  const enforced = await progress.timed('NetworkPolicy is enforced', enforcesNetworkPolicy);
  process.env['NETWORK_POLICY_ENFORCED'] = enforced ? 'yes' : 'no';
  const resultsDir = join(reportsDir, 'allure-results');
  await rm(resultsDir, { recursive: true, force: true });
  const { passed, failed, skipped } = await progress.timed(`${files.length} lessons`, () => runLessons(files));
  const facts = await runFacts(prepared, progress);
  const whole = (process.env['ONLY'] ?? '') === '';
  const unproven = await writeModulePages(facts.startedAt, resultsDir, whole);
  if (whole) for (const { to, id } of unproven) progress.say(`“${to}” cites ${id}, which nothing has proven`);
  await writeFrontPage(facts, resultsDir);
  const report = await progress.timed('report', () => generateReport(resultsDir, join(reportsDir, 'html')));
  if (!prepared.lab.kept) await progress.timed('lab removed', () => sweepLabs(prepared.engine));
  progress.say(`open the report: ${report}`);
  if (pausing && failed > 0) progress.say('look around with: make shell; when you have seen enough: make down');
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed > 0 || passed === 0 || (whole && unproven.length > 0) ? exitCodes.failed : 0;
});
