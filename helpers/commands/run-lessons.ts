import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { inAmbient } from '../lab/ambient.ts';
import { broughtIstio } from '../lab/existing/existing.ts';
import { installJaeger } from '../lab/jaeger.ts';
import { someNeed } from '../lab/needs.ts';
import { onOneMore } from '../lab/one-more-cluster.ts';
import { installRollouts } from '../lab/rollouts.ts';
import { provenIds } from '../record/card.ts';
import { innerPhase, outerPhases, type Phase, phaseOf } from '../record/spec-kinds.ts';
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
  let all = nothing;
  for (const phase of outerPhases) {
    // With PAUSE=1 nothing comes after a failure.
    if (lab.pause && all.failed > 0) break;
    all = sum(all, await runWithInner(phase, files, run));
  }
  return all;
}

/** Runs the files of a phase and of the one within it; what is brought for the first is there for both. */
async function runWithInner(phase: Phase, files: readonly string[], run: Run): Promise<Tally> {
  const inner = innerPhase[phase];
  const own = files.filter((file) => phaseOf(file) === phase);
  if (own.length === 0 && !files.some((file) => phaseOf(file) === inner)) return nothing;
  return around[phase](run, async (on) => {
    const tally = own.length === 0 ? nothing : await runPhase(phase, own, on);
    if (inner === undefined || (on.lab.pause && tally.failed > 0)) return tally;
    return sum(tally, await runWithInner(inner, files, on));
  });
}

const nothing: Tally = { passed: 0, failed: 0, skipped: 0, durationMs: 0, leftovers: [], tests: [] };

type Around = (run: Run, play: (on: Run) => Promise<Tally>) => Promise<Tally>;

/** Has one cluster more on the lab meanwhile. */
const withCluster =
  (name: Parameters<typeof onOneMore>[0]): Around =>
  async (run, play) =>
    withTrouble(await onOneMore(name, run.lab, (lab) => play({ ...run, lab })));

/** What is brought to the lab before the lessons of a phase, and taken away after them. */
const around: Readonly<Record<Phase, Around>> = {
  'one cluster': (run, play) => play(run),
  'two clusters': withCluster('east'),
  'three clusters': withCluster('edge'),
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
