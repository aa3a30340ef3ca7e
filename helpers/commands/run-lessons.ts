import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { inAmbient } from '../lab/ambient.ts';
import { broughtIstio } from '../lab/existing/existing.ts';
import { installJaeger } from '../lab/jaeger.ts';
import { someNeed } from '../lab/needs.ts';
import { installRollouts } from '../lab/rollouts.ts';
import { onTwoClusters } from '../lab/two-clusters.ts';
import { provenIds } from '../record/card.ts';
import { type Phase, phaseOf, phases } from '../record/spec-kinds.ts';
import { UsageProblem } from '../system/errors.ts';
import { specsDir } from '../system/paths.ts';
import { type LessonResult, type Run, runPhase, type Tally } from './run-phase.ts';

export type { LessonResult, Run, Tally };

/**
 * The spec files that a filter means: anything of the curriculum, as cards name it (`m1`, `m1.e4`, `m1.e4.a2`, `x.01`,
 * `cg.demo1`), or a part of a path. Without a filter, all.
 *
 * @throws {UsageProblem} if none fits
 */
export async function specFiles(only: string | undefined): Promise<string[]> {
  const all = (await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }))).toSorted((a, b) => (a < b ? -1 : 1));
  if (only === undefined || only === '') return all.map((file) => join(specsDir, file));
  const chosen: string[] = [];
  for (const file of all) {
    const ids = provenIds(await readFile(join(specsDir, file), 'utf8'));
    if (file.includes(only) || ids.some((id) => id === only || id.startsWith(`${only}.`)))
      chosen.push(join(specsDir, file));
  }
  if (chosen.length === 0) {
    throw new UsageProblem(
      `ONLY=${only} matches no exercise`,
      'look at specs/README.md, then type e.g.: make course ONLY=m1.e4',
    );
  }
  return chosen;
}

/** Runs spec files, phase by phase, and counts. */
export async function runLessons(files: readonly string[], run: Run): Promise<Tally> {
  const { lab } = run;
  // kubectl lives for a tenth of a second, of which collecting garbage is a sixth; the limit is for those that stay.
  Object.assign(process.env, { GOGC: 'off', GOMEMLIMIT: '512MiB' });
  // Before the first lesson: what comes while they run, one of them would have to answer for.
  if (lab.ours && (await someNeed(files, 'rollouts'))) await installRollouts();
  if ((await someNeed(files, 'tracing')) && (lab.ours || (await broughtIstio()))) await installJaeger();
  let all: Tally = { passed: 0, failed: 0, skipped: 0, durationMs: 0, leftovers: [], tests: [] };
  for (const phase of phases) {
    const own = files.filter((file) => phaseOf(file) === phase);
    // With PAUSE=1 nothing comes after a failure.
    if (own.length === 0 || (lab.pause && all.failed > 0)) continue;
    all = sum(all, await around[phase](run, (on) => runPhase(phase, own, on)));
  }
  return all;
}

/** What is brought to the lab before the lessons of a phase, and taken away after them. */
const around: Readonly<Record<Phase, (run: Run, play: (on: Run) => Promise<Tally>) => Promise<Tally>>> = {
  'one cluster': (run, play) => play(run),
  'two clusters': async (run, play) => withTrouble(await onTwoClusters(run.lab, (lab) => play({ ...run, lab }))),
  ambient: async (run, play) => withTrouble(await inAmbient(run.lab, () => play(run))),
};

/** What was wrong with the lab of a phase is among its failures. */
function withTrouble({ result, trouble }: { readonly result: Tally; readonly trouble: readonly string[] }): Tally {
  return { ...result, failed: result.failed + trouble.length, leftovers: [...result.leftovers, ...trouble] };
}

function sum(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    durationMs: one.durationMs + other.durationMs,
    leftovers: [...one.leftovers, ...other.leftovers],
    tests: [...one.tests, ...other.tests],
  };
}
