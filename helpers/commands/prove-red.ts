/** Runs each exercise with what it changes withheld, a manifest or a command, and demands red for the right reason. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { hasLessonManifest } from '../kube/manifest.ts';
import { choices } from '../lab/choices.ts';
import { prepareCluster } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { changesByCommand } from '../lesson/lesson-cluster.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { readRecordedExercises } from '../record/record.ts';
import { failureSummary } from '../runs/failure-summary.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { fixturesDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  const progress = new Progress();
  const withLesson: string[] = [];
  for (const file of await specFiles(choices().ONLY)) {
    const changes =
      (await hasLessonManifest(join(fixturesDir, pathOfSpec(file)))) || changesByCommand(await readFile(file, 'utf8'));
    if (changes) withLesson.push(file);
  }
  if (withLesson.length === 0)
    throw new UsageProblem('these exercises change nothing that could be withheld', 'make prove-red ONLY=m1.e4');
  await prepareCluster(progress, false);
  const resultsDir = join(stateDir, 'prove-red-results');
  await rm(resultsDir, { recursive: true, force: true });
  const run = { lab: await describeLab(), mode: { kind: 'without-manifest' } as const, resultsDir };
  const { passed, failed, skipped, leftovers } = await progress.timed('exercises without what they change', () =>
    runLessons(withLesson, run),
  );
  process.stdout.write(failureSummary(await readRecordedExercises(resultsDir), 'make prove-red'));
  for (const sentence of leftovers) process.stdout.write(`\n✕ ${sentence}\n`);
  process.stdout.write(`\nseen red for the right reason: ${passed}, not: ${failed}, skipped: ${skipped}\n`);
  return failed > 0 || passed + skipped !== withLesson.length || passed === 0 ? exitCodes.failed : 0;
});
