/** Repeats the course on one lab, N times, and prints how steady each exercise is, and after each round leaves it in reports/soak.txt: make soak N=20 ONLY=m1.e4 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { choices } from '../lab/choices.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { lockLab } from '../lab/lock.ts';
import { useLab } from '../lab/use-lab.ts';
import { type RecordedExercise, readRecordedExercises } from '../record/record.ts';
import { endurance, enduranceTable, isUnsteady } from '../runs/soak.ts';
import { exitCodes } from '../system/errors.ts';
import { reportsDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';
import { given } from './variables.ts';

await command(async () => {
  const wanted = Number(given('N').N ?? 20);
  const files = await specFiles(choices().ONLY);
  const progress = new Progress();
  await lockLab();
  await useLab();
  const lab = await describeLab(files);
  // The results of each round stay until the next soak, so that a failure can be looked into.
  const folder = join(stateDir, 'soak');
  await rm(folder, { recursive: true, force: true });
  await mkdir(reportsDir, { recursive: true });
  const rounds: RecordedExercise[][] = [];
  let failedRounds = 0;
  for (let round = 1; round <= wanted; round += 1) {
    const resultsDir = join(folder, String(round).padStart(3, '0'));
    const { passed, failed, skipped } = await progress.timed(`round ${round} of ${wanted}`, () =>
      runLessons(files, { lab, resultsDir }),
    );
    progress.say(`round ${round} of ${wanted}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) failedRounds += 1;
    // Without a folder no spec file could even be loaded.
    rounds.push(existsSync(resultsDir) ? await readRecordedExercises(resultsDir) : []);
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
