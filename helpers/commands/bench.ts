/**
 * Measures a warm run of the course on a lab of its own, and prints what took how long and who used the processors; then
 * the course text's commands for three lessons, typed one after another on the same lab, against those lessons of ours.
 * ONLY=m1.e4 measures that exercise alone, TEXT=no leaves the course text out. The figures are left in reports/bench.json, which `make bench-pair` reads.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

import { sameLessons, typeCourseText } from '../bench/course-text.ts';
import { CpuAccount } from '../bench/cpu-account.ts';
import { exerciseTable, type Figure, figureLine, provenRows } from '../bench/figures.ts';
import { currentCluster } from '../kube/cluster.ts';
import { choices } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { sweepLabs } from '../lab/lab.ts';
import { prepareLab } from '../lab/prepare.ts';
import { readRecordedExercises } from '../record/record.ts';
import { longestWorker } from '../record/workers.ts';
import { exitCodes } from '../system/errors.ts';
import { reportsDir, specsDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { type Run, runLessons, specFiles } from './run-lessons.ts';
import { given } from './variables.ts';

await command(async () => {
  refuseExisting('bench');
  const { ONLY } = choices();
  const whole = ONLY === undefined && given('TEXT').TEXT !== 'no';
  const files = await specFiles(ONLY);
  // Once to have everything built, and then from nothing running, which a lab that is kept would not be.
  const before = await prepareLab(new Progress(), false);
  if (before.lab.kept) process.stdout.write('the lab that `make up` started is removed: a bench starts from nothing\n');
  await sweepLabs(before.engine);
  const progress = new Progress();
  const { engine, lab: running } = await prepareLab(progress, false);
  const resultsDir = join(stateDir, 'bench-results');
  await rm(resultsDir, { recursive: true, force: true });
  const lab = await progress.timed('what the cluster can do', () => describeLab(files));
  const readyMs = progress.elapsedMs();
  const account = new CpuAccount(currentCluster(), running.containerId);
  await account.start();
  const { failed, durationMs: courseMs } = await progress.timed(`${files.length} lessons`, () =>
    runLessons(files, { lab, resultsDir }),
  );
  const cpu = await account.stop();
  // Of the whole machine: where nodes keep their pods in groups beside their own, an engine does not count the pods.
  const memory = totalmem() - freemem();
  const exercises = await readRecordedExercises(resultsDir);
  const worker = longestWorker(exercises);
  const text = whole ? await besideTheText({ lab, resultsDir }, progress) : [];
  await progress.timed('lab removed', () => sweepLabs(engine));
  const rows = provenRows(exercises);
  const cpuSeconds = [...cpu.byPart.values()].reduce((sum, seconds) => sum + seconds, 0);
  const figures: Figure[] = [
    ...Object.entries(progress.timings).map(([what, ms]) => ({ what, value: ms / 1000, unit: 's' })),
    // To the last is without the removal of its namespaces, before which Kubernetes sits still for five seconds.
    { what: 'from nothing running to the last lesson', value: (readyMs + courseMs) / 1000, unit: 's' },
    { what: 'the lessons, first to last', value: courseMs / 1000, unit: 's' },
    { what: 'busiest worker of lessons', value: worker.busyMs / 1000, unit: 's' },
    { what: 'of it waiting for the cluster', value: worker.waitedMs / 1000, unit: 's' },
    { what: 'memory in use on the machine after the last lesson', value: memory / 2 ** 30, unit: 'GiB' },
    ...text,
    ...[...cpu.byPart].map(([part, seconds]) => ({ what: `processors: ${part}`, value: seconds, unit: 'CPU-s' })),
    ...[...cpu.controlPlane].map(([name, seconds]) => ({
      what: `of it ${name === 'discovery' ? 'istiod' : name}`,
      value: seconds,
      unit: 'CPU-s',
    })),
    { what: 'processors, first lesson to last namespace gone', value: cpuSeconds, unit: 'CPU-s' },
    ...(rows === 0
      ? []
      : [{ what: `processors for each of ${rows} proven rows`, value: cpuSeconds / rows, unit: 'CPU-s' }]),
  ];
  process.stdout.write(`\n${exerciseTable(exercises, cpu)}\n${figures.map(figureLine).join('')}`);
  await mkdir(reportsDir, { recursive: true });
  await writeFile(join(reportsDir, 'bench.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  return failed > 0 ? exitCodes.failed : 0;
});

/** The course text's commands for three lessons on the same lab, against those lessons of ours. */
async function besideTheText(run: Run, progress: Progress): Promise<Figure[]> {
  const textMs = await progress.timed("the course text's commands for three lessons", typeCourseText);
  const same = sameLessons.map((path) => join(specsDir, `${path}.spec.ts`));
  const { durationMs } = await progress.timed('the same three lessons here', () => runLessons(same, run));
  return [
    { what: "the course text's commands, first to last", value: textMs / 1000, unit: 's' },
    { what: 'the same three lessons, first to last', value: durationMs / 1000, unit: 's' },
    { what: 'times that the lessons fit into the text', value: textMs / durationMs, unit: '' },
  ];
}
