/**
 * Measures a warm run of the course on a lab of its own, and prints what took how long; then the course text's commands
 * for three lessons, typed one after another on the same lab, against those lessons of ours.
 */
import { rm } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

import { sameLessons, typeCourseText } from '../bench/course-text.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { sweepLabs } from '../lab/lab.ts';
import { prepareLab } from '../lab/prepare.ts';
import { readRecordedExercises } from '../record/record.ts';
import { longestWorker } from '../record/workers.ts';
import { exitCodes } from '../system/errors.ts';
import { specsDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

function line(what: string, figure: number, unit: string): void {
  process.stdout.write(`${what.padEnd(60)}${figure.toFixed(unit === 'GiB' ? 2 : 1).padStart(7)} ${unit}\n`);
}

await command(async () => {
  refuseExisting('bench');
  // Once to have everything built, and then from nothing running, which a lab that is kept would not be.
  const before = await prepareLab(new Progress(), false);
  if (before.lab.kept) process.stdout.write('the lab that `make up` started is removed: a bench starts from nothing\n');
  await sweepLabs(before.engine);
  const progress = new Progress();
  const { engine } = await prepareLab(progress, false);
  const resultsDir = join(stateDir, 'bench-results');
  await rm(resultsDir, { recursive: true, force: true });
  const lab = await progress.timed('NetworkPolicy is enforced', describeLab);
  const files = await specFiles(undefined);
  const readyMs = progress.elapsedMs();
  const { failed, durationMs: courseMs } = await progress.timed(`${files.length} lessons`, () =>
    runLessons(files, { lab, resultsDir }),
  );
  // Of the whole machine: where nodes keep their pods in groups beside their own, an engine does not count the pods.
  const memory = totalmem() - freemem();
  const worker = longestWorker(await readRecordedExercises(resultsDir));
  const textMs = await progress.timed("the course text's commands for three lessons", typeCourseText);
  const same = sameLessons.map((path) => join(specsDir, `${path}.spec.ts`));
  const { durationMs } = await progress.timed('the same three lessons here', () =>
    runLessons(same, { lab, resultsDir }),
  );
  await progress.timed('lab removed', () => sweepLabs(engine));
  process.stdout.write('\n');
  for (const [what, ms] of Object.entries(progress.timings)) line(what, ms / 1000, 's');
  // To the last is without the removal of its namespaces, before which Kubernetes sits still for five seconds.
  line('from nothing running to the last lesson', (readyMs + courseMs) / 1000, 's');
  line('the lessons, first to last', courseMs / 1000, 's');
  line('busiest worker of lessons', worker.busyMs / 1000, 's');
  line('of it waiting for the cluster', worker.waitedMs / 1000, 's');
  line('memory in use on the machine after the last lesson', memory / 2 ** 30, 'GiB');
  line("the course text's commands, first to last", textMs / 1000, 's');
  line('the same three lessons, first to last', durationMs / 1000, 's');
  line('times that the lessons fit into the text', textMs / durationMs, '');
  return failed > 0 ? exitCodes.failed : 0;
});
