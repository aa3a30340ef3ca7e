/**
 * Runs lessons while something else is broken: none may be green on broken ground. FAULT=dns-down chooses one fault,
 * ONLY=m1.e4 other lessons than the four that stand for the course. Writes reports/faults.md; the report of the next
 * course run shows the grid.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type FaultRow, readFaultRun, withNewRows, writeFaultRun } from '../faults/fault-run.ts';
import type { Fault } from '../faults/fault.ts';
import { faults } from '../faults/faults.ts';
import { cell, type FaultCell, faultGrid, inWords } from '../faults/verdict.ts';
import { choices } from '../lab/choices.ts';
import { prepareCluster, refuseExisting } from '../lab/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { phaseOf } from '../record/spec-kinds.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir, specsDir, stateDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';
import { given } from './variables.ts';

/** One lesson a kind: nothing changed, a NetworkPolicy, an AuthorizationPolicy, a route. */
const representative = [
  '01-foundation/02-flat-network/01-lets-the-attacker-in',
  '01-foundation/04-network-policy/01-blocks-the-attacker',
  '01-foundation/07-authorization/01-forbids-post',
  '02-service-mesh-value/05-deployment-safety/06-routes-the-canary',
];

function chosenFaults(wanted = ''): readonly Fault[] {
  if (wanted === '') return faults;
  const found = faults.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  throw new UsageProblem(
    `FAULT=${wanted} is no fault`,
    `use FAULT=${faults.map(({ name }) => name).join(' or FAULT=')}`,
  );
}

/** Runs lessons while one thing is broken: at once if each breaks but its own workloads, else one after another. */
async function see(fault: Fault, files: readonly string[], lab: ProvidedLab): Promise<FaultCell[]> {
  const run = { lab, mode: { kind: 'fault', fault: fault.name } as const, resultsDir: join(stateDir, 'fault-results') };
  const cells: FaultCell[] = [];
  for (const group of fault.breaks === 'workloads' ? [files] : files.map((file) => [file])) {
    try {
      const { tests } = await runLessons(group, run);
      if (tests.length < group.length) throw new Error(`${group.join(', ')}: one of them holds no exercise`);
      // Those run at once end in any order; the grid has the curriculum's.
      for (const { file, needs, ...how } of tests.toSorted((a, b) => (a.file < b.file ? -1 : 1))) {
        cells.push(cell(fault, fault.demands(needs), { lesson: named(file), ...how }));
      }
    } finally {
      await fault.restore?.();
    }
  }
  return cells;
}

/** Short name of a lesson: number of module and exercise, then the claim. */
function named(file: string): string {
  return pathOfSpec(file).replace(/^(\d\d)[^/]*\/(\d\d)[^/]*\/\d\d-/, '$1.$2 ');
}

await command(async () => {
  refuseExisting('faults');
  const chosen = chosenFaults(given('FAULT').FAULT);
  const only = choices().ONLY;
  const wanted = only ? await specFiles(only) : representative.map((path) => join(specsDir, `${path}.spec.ts`));
  // What is broken is broken on the first cluster; of another an exercise might see nothing of it.
  const files = wanted.filter((file) => phaseOf(file) === 'one cluster');
  if (files.length === 0)
    throw new UsageProblem('nothing is broken under exercises on several clusters', 'name others by ONLY=');
  const progress = new Progress();
  const { kept, remove } = await prepareCluster(progress, false);
  const lab = await describeLab(files);
  const rows: FaultRow[] = [];
  const cells: FaultCell[] = [];
  for (const fault of chosen) {
    rows.push({ name: fault.name, says: fault.says, startedAt: new Date().toISOString() });
    for (const seen of await see(fault, files, lab)) {
      progress.say(`${fault.name}, ${seen.lesson}: ${inWords(seen)}`);
      cells.push(seen);
    }
  }
  const run = { faults: rows, cells };
  const names = faults.map(({ name }) => name);
  // Other lessons make another grid, which is none of the report's.
  const grid = only ? run : withNewRows(await readFaultRun(), run, names);
  const file = join(reportsDir, 'faults.md');
  await writeFile(file, faultGrid(grid.cells, grid.faults));
  if (!only) await writeFaultRun(grid);
  if (!kept) await progress.timed('lab removed', remove);
  const right = cells.filter((one) => one.right).length;
  process.stdout.write(`\n${right} of ${cells.length} lessons answered a fault as they must; the grid: ${file}\n`);
  return right === cells.length ? 0 : exitCodes.failed;
});
