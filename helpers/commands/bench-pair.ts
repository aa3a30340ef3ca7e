/**
 * Measures this checkout and another in turns, so that what the machine does besides falls on both, and prints the medians
 * side by side: make bench-pair AGAINST=../before ROUNDS=3. ONLY=m1.e4 measures one exercise.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Figure } from '../bench/figures.ts';
import { pairTable } from '../bench/figures.ts';
import { choices } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { EnvironmentProblem, UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { command } from './command.ts';
import { specFiles } from './run-lessons.ts';
import { given } from './variables.ts';

async function bench(checkout: string): Promise<Figure[]> {
  const options = { cwd: checkout, env: { TEXT: 'no' }, live: true, endsWithUs: true };
  const { exitCode } = await run('make', ['--no-print-directory', 'bench'], options);
  if (exitCode !== 0) throw new EnvironmentProblem(`the bench of ${checkout} failed`, 'look at what it printed above');
  return JSON.parse(await readFile(join(checkout, 'reports', 'bench.json'), 'utf8')) as Figure[];
}

await command(async () => {
  refuseExisting('bench-pair');
  const { ROUNDS, AGAINST } = given('ROUNDS', 'AGAINST');
  const rounds = Number(ROUNDS ?? 3);
  const other = resolve(AGAINST ?? '');
  if (!existsSync(join(other, 'helpers', 'commands', 'bench.ts')) || other === projectRoot)
    throw new UsageProblem('AGAINST names no other checkout', 'make bench-pair AGAINST=../before');
  await specFiles(choices().ONLY);
  const [here, there]: Figure[][][] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    const turns = [async () => here?.push(await bench(projectRoot)), async () => there?.push(await bench(other))];
    for (const turn of round % 2 === 1 ? turns : turns.toReversed()) await turn();
    // After every round, so that something is there where somebody stops before the last.
    process.stdout.write(`\n${pairTable(here ?? [], there ?? [])}\n`);
  }
  return 0;
});
