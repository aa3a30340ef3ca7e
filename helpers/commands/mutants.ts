/**
 * Changes the lesson manifests of each exercise in one place at a time, and demands that the exercise goes red: what it
 * would not notice, it does not prove. ONLY=m1.e4 chooses exercises. Writes reports/mutants.md.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { parse } from 'yaml';

import { choices } from '../lab/choices.ts';
import { prepareCluster, refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { lessonMutants } from '../mutants/of-a-lesson.ts';
import type { MutantEnd } from '../mutants/verdict.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { fixturesDir, reportsDir, specsDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

interface Row extends MutantEnd {
  readonly spec: string;
  /** Why it may survive, from the file beside the spec; empty where nobody has said so. */
  readonly allowed: string;
}

const withoutEnding = (file: string) => file.replace(/(\.mesh-wide)?\.spec\.ts$/, '');

/** Mutants that may survive, each with its reason: `NAME.mutants.yaml` beside a spec, by their names. */
async function reasonsOf(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(`${withoutEnding(file)}.mutants.yaml`, 'utf8').catch(() => '');
  return (parse(text) as Record<string, string> | null) ?? {};
}

await command(async () => {
  refuseExisting('mutants');
  const files = await specFiles(choices().ONLY);
  const counts = new Map<string, number>();
  for (const file of files) {
    const count = (await lessonMutants(withoutEnding(file).replace(specsDir, fixturesDir))).length;
    if (count > 0) counts.set(file, count);
  }
  const rounds = Math.max(0, ...counts.values());
  if (rounds === 0) throw new UsageProblem('no manifest of these exercises can be changed', 'make mutants ONLY=m1.e4');
  const progress = new Progress();
  await prepareCluster(progress, false);
  const lab = await describeLab();
  const resultsDir = join(stateDir, 'mutant-results');
  const rows: Row[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await rm(resultsDir, { recursive: true, force: true });
    const meant = [...counts].filter(([, count]) => count > round).map(([file]) => file);
    const { tests } = await progress.timed(`round ${round + 1} of ${rounds}, ${meant.length} exercises`, () =>
      runLessons(meant, { lab, mode: { kind: 'mutant', round }, resultsDir }),
    );
    for (const { file, mutant } of tests) {
      if (mutant === undefined) continue;
      rows.push({ ...mutant, spec: relative(specsDir, file), allowed: (await reasonsOf(file))[mutant.mutant] ?? '' });
    }
  }
  const survivors = rows.filter(({ end, allowed }) => end === 'survived' && allowed === '');
  const notMet = rows.filter(({ end }) => end === 'not met');
  const count = (end: MutantEnd['end']) => rows.filter((row) => row.end === end).length;
  await writeFile(join(reportsDir, 'mutants.md'), page(rows));
  for (const { spec, mutant } of survivors) process.stdout.write(`survived  ${spec}\n          ${mutant}\n`);
  for (const { spec, reason } of notMet) process.stdout.write(`not met   ${spec}\n          ${reason}\n`);
  process.stdout.write(
    `\n${count('killed')} mutants killed, ${count('survived')} survived (${survivors.length} without a reason), ${count('refused')} refused by the API server, ${notMet.length} not met\n`,
  );
  return survivors.length + notMet.length > 0 ? exitCodes.failed : 0;
});

function page(rows: readonly Row[]): string {
  const lines = rows
    .toSorted((a, b) => a.spec.localeCompare(b.spec))
    .map(
      ({ spec, mutant, end, reason, allowed }) => `| ${[spec, mutant, end, allowed || reason].map(cell).join(' | ')} |`,
    );
  return [
    '# Exercises and mutants of their manifests',
    '',
    '| exercise | changed | end | why |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).slice(0, 200);
}
