/**
 * Changes the lesson manifests of each exercise in one place at a time, and demands that the exercise goes red: what it
 * would not notice, it does not prove. ONLY=m1.e4 chooses exercises, SAMPLE=10 some of all mutants, others with each
 * commit. Kept for the report of the next course in reports/mutants.json.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { choices } from '../lab/choices.ts';
import { prepareCluster, refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { isUnexplained, type MutantRow, readMutantRun, withNewMutants, writeMutantRun } from '../mutants/mutant-run.ts';
import { lessonMutants } from '../mutants/of-a-lesson.ts';
import { reasonsOf } from '../mutants/reasons.ts';
import { sampleOf } from '../mutants/sample.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { fixturesDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

/** One mutant of one exercise. */
interface Candidate {
  readonly file: string;
  readonly path: string;
  /** Which of the exercise's mutants. */
  readonly index: number;
  readonly name: string;
}

async function candidatesOf(file: string): Promise<Candidate[]> {
  const path = pathOfSpec(file);
  const mutants = await lessonMutants(join(fixturesDir, path));
  return mutants.map(({ name }, index) => ({ file, path, index, name }));
}

/** Groups in which no exercise is twice: one exercise cannot run twice at the same time. */
function roundsOf(candidates: readonly Candidate[]): Candidate[][] {
  const seen = new Map<string, number>();
  const rounds: Candidate[][] = [];
  for (const candidate of candidates) {
    const round = seen.get(candidate.path) ?? 0;
    seen.set(candidate.path, round + 1);
    (rounds[round] ??= []).push(candidate);
  }
  return rounds;
}

await command(async () => {
  refuseExisting('mutants');
  const { SAMPLE, ONLY } = choices();
  const files = await specFiles(ONLY);
  const all = (await Promise.all(files.map(candidatesOf))).flat();
  if (all.length === 0)
    throw new UsageProblem('no manifest of these exercises can be changed', 'make mutants ONLY=m1.e4');
  const seed = await commitOfCheckout();
  const candidates =
    SAMPLE === undefined ? all : sampleOf(all, Number(SAMPLE), seed, ({ path, name }) => `${path} ${name}`);
  const progress = new Progress();
  const startedAt = new Date().toISOString();
  const { kept, remove } = await prepareCluster(progress, false);
  const lab = await describeLab(files);
  const resultsDir = join(stateDir, 'mutant-results');
  const rows: MutantRow[] = [];
  const rounds = roundsOf(candidates);
  const everything = (await Promise.all((await specFiles(undefined)).map(candidatesOf))).flat();
  const exists = (row: MutantRow) => everything.some(({ path, name }) => path === row.path && name === row.mutant);
  for (const [index, round] of rounds.entries()) {
    await rm(resultsDir, { recursive: true, force: true });
    const chosen = Object.fromEntries(round.map((each) => [each.path, each.index]));
    const { tests } = await progress.timed(`round ${index + 1} of ${rounds.length}, ${round.length} exercises`, () =>
      runLessons(
        round.map(({ file }) => file),
        { lab, mode: { kind: 'mutant', chosen }, resultsDir },
      ),
    );
    for (const { path, file, name } of round) {
      const end = tests.find((test) => test.file === file);
      if (end?.state === 'skipped') continue;
      const met = end?.mutant ?? { end: 'not met' as const, reason: end?.reason ?? 'it could not be run' };
      rows.push({ ...met, mutant: name, path, allowed: (await reasonsOf(path))[name] ?? '' });
    }
    // After each round: a run of hours that is interrupted has not been for nothing.
    await writeMutantRun(withNewMutants(await readMutantRun(), { startedAt, rows }, exists));
    const unexplainedSoFar = rows.filter(isUnexplained).length;
    if (unexplainedSoFar > 0) progress.say(`without a reason so far: ${unexplainedSoFar}`);
  }
  if (!kept) await progress.timed('lab removed', remove);
  const unexplained = rows.filter(isUnexplained);
  for (const { path, mutant, end, reason } of unexplained)
    process.stdout.write(
      `${end.padEnd(10)}${path}\n          ${mutant}${reason === '' ? '' : `\n          ${reason}`}\n`,
    );
  const count = (end: MutantRow['end']) => rows.filter((row) => row.end === end).length;
  process.stdout.write(
    `\n${rows.length} of ${all.length} mutants tried in ${Math.round(progress.elapsedMs() / 1000)} s: ${count('killed')} killed, ${count('survived')} survived, ${count('refused')} refused by the API server, ${count('not met')} not met; ${unexplained.length} without a reason\n`,
  );
  return unexplained.length > 0 || rows.length === 0 ? exitCodes.failed : 0;
});
