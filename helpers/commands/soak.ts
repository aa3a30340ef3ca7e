/** Repeats the course on one lab, N times, and prints how steady each exercise is, and after each round leaves it in reports/soak.txt: make soak N=20 ONLY=m1.e4 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { claimLab } from '../cluster/claim.ts';
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { Progress } from '../cluster/progress.ts';
import { useLab } from '../cluster/use-lab.ts';
import { reportsDir, stateDir } from '../places.ts';
import { exitCodes, UsageProblem } from '../problem.ts';
import { type RecordedExercise, readRecordedExercises } from '../report/record.ts';
import { endurance, enduranceTable, isUnsteady } from '../runs/soak.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  const wanted = Number(process.env['N'] || 20);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new UsageProblem(`N=${process.env['N']} is no count`, 'make soak N=20');
  const files = await specFiles(process.env['ONLY']);
  const progress = new Progress();
  await claimLab();
  await useLab();
  process.env['NETWORK_POLICY_ENFORCED'] = (await enforcesNetworkPolicy()) ? 'yes' : 'no';
  // The results of each round stay until the next soak, so that a failure can be looked into.
  const folder = join(stateDir, 'soak');
  await rm(folder, { recursive: true, force: true });
  await mkdir(reportsDir, { recursive: true });
  const rounds: RecordedExercise[][] = [];
  let failedRounds = 0;
  for (let round = 1; round <= wanted; round += 1) {
    const results = join(folder, String(round).padStart(3, '0'));
    process.env['ALLURE_RESULTS'] = results;
    const { passed, failed, skipped } = await progress.timed(`round ${round} of ${wanted}`, () => runLessons(files));
    progress.say(`round ${round} of ${wanted}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) failedRounds += 1;
    // Without a folder no spec file could even be loaded.
    rounds.push(existsSync(results) ? await readRecordedExercises(results) : []);
    // After every round, so that nothing is lost where somebody stops before the last.
    await writeFile(join(reportsDir, 'soak.txt'), enduranceTable(endurance(rounds), round));
  }
  const exercises = endurance(rounds);
  process.stdout.write(`\n${enduranceTable(exercises, wanted)}\n`);
  const unsteady = exercises.filter((each) => isUnsteady(each, wanted)).length;
  process.stdout.write(
    `${exercises.length - unsteady} of ${exercises.length} exercises steady over ${wanted} rounds; results: ${folder}\n`,
  );
  return unsteady > 0 || failedRounds > 0 || exercises.length === 0 ? exitCodes.failed : 0;
});
