/** Writes what differs between two finished runs to reports/drift.md and .html; exits with 1 if a lesson drifted. */
import { resolve } from 'node:path';

import { verdict } from '../runs/drift-page.ts';
import { archivedRuns, readRun } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';
import { writeComparison } from './write-comparison.ts';

await command(async () => {
  const [lastButOne, last] = (await archivedRuns()).slice(-2);
  const { A: a = lastButOne, B: b = last, FACTOR = '3' } = given('A', 'B', 'FACTOR');
  if (a === undefined || b === undefined) {
    throw new UsageProblem('there are no two runs to compare yet', 'make course, or make compare A=dir B=dir');
  }
  if (resolve(a) === resolve(b)) throw new UsageProblem(`A and B are both ${a}`, 'make compare A=dir B=dir');
  const runs = { a: await readRun(resolve(a)), b: await readRun(resolve(b)), factor: Number(FACTOR) };
  const { files, ...comparison } = await writeComparison(runs, reportsDir);
  process.stdout.write(`A: ${a}\nB: ${b}\n${verdict(comparison)}\nwritten: ${files.join(' and ')}\n`);
  const drifted = new Set(['status', 'verdict', 'disproof']);
  return comparison.drifts.some(({ kind }) => drifted.has(kind)) ? exitCodes.failed : 0;
});
