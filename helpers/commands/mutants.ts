/**
 * Changes the lesson manifests of each exercise in one place at a time, and demands that the exercise goes red: what it
 * would not notice, it does not prove. ONLY=m1.e4 chooses exercises, SAMPLE=10 some of all mutants, others with each
 * commit, UNTRIED=yes those that no earlier run has tried. Kept for the report of the next course in reports/mutants.json.
 */
import { join } from 'node:path';

import { choices } from '../lab/choices.ts';
import { prepareCluster, refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { candidatesOf } from '../mutants/candidates.ts';
import { MutantEnds } from '../mutants/ends.ts';
import { isUnexplained, type MutantRow, readMutantRun } from '../mutants/mutant-run.ts';
import { sampleOf } from '../mutants/sample.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';
import { given } from './variables.ts';

await command(async () => {
  refuseExisting('mutants');
  const { SAMPLE, ONLY } = choices();
  const files = await specFiles(ONLY);
  const all = await candidatesOf(files);
  if (all.length === 0)
    throw new UsageProblem('no manifest of these exercises can be changed', 'make mutants ONLY=m1.e4');
  const earlier = given('UNTRIED').UNTRIED === 'yes' ? ((await readMutantRun())?.rows ?? []) : [];
  const untried = all.filter(({ path, name }) => !earlier.some((row) => row.path === path && row.mutant === name));
  if (untried.length === 0) {
    process.stdout.write(`all ${all.length} mutants have been tried: reports/mutants.json has their ends\n`);
    return 0;
  }
  const seed = await commitOfCheckout();
  const candidates =
    SAMPLE === undefined ? untried : sampleOf(untried, Number(SAMPLE), seed, ({ path, name }) => `${path} ${name}`);
  const progress = new Progress();
  const { kept, remove } = await prepareCluster(progress, false);
  const lab = await describeLab(files);
  const ends = new MutantEnds(await candidatesOf(await specFiles(undefined)), (row, howMany) => {
    const mark = isUnexplained(row) ? `, without a reason: ${row.reason === '' ? 'green' : row.reason}` : '';
    progress.say(`${howMany} of ${candidates.length}: ${row.end}${mark}: ${row.path} ${row.mutant}`);
  });
  const waiting = new Set(candidates);
  const byPath = Map.groupBy(candidates, ({ path }) => path);
  const { tests } = await runLessons([...new Set(candidates.map(({ file }) => file))], {
    lab,
    mode: {
      kind: 'mutant',
      chosen: Object.fromEntries([...byPath].map(([path, own]) => [path, own.map(({ index }) => index)])),
    },
    resultsDir: join(stateDir, 'mutant-results'),
    onMutant: (file, { index, ...end }) => {
      const candidate = candidates.find((each) => each.file === file && each.index === index);
      if (candidate === undefined) return;
      waiting.delete(candidate);
      ends.add(candidate, end);
    },
  });
  for (const candidate of waiting) {
    const test = tests.find(({ file }) => file === candidate.file);
    if (test?.state === 'skipped') continue;
    ends.add(candidate, { end: 'not met', reason: test?.reason || 'it could not be run' });
  }
  await ends.kept();
  const { rows } = ends;
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
