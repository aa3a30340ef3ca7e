import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { startVitest, type TestCase } from 'vitest/node';

import { type CapabilityName, provenIds } from '../card.ts';
import type { Measured } from '../evidence.ts';
import type { Struck } from '../faults/fault.ts';
import type { MutantEnd } from '../mutants/verdict.ts';
import { stuckNamespaces } from '../namespaces.ts';
import { projectRoot, specsDir } from '../places.ts';
import { UsageProblem } from '../problem.ts';

/** How one lesson ended. */
export interface LessonResult {
  /** Its spec file. */
  readonly file: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly needs: readonly CapabilityName[];
  /** Whether what the run is to break was broken while this lesson ran. */
  readonly struck: Struck;
  readonly seconds: number;
  /** How it took the mutant of this run, if there was one. */
  readonly mutant: MutantEnd | undefined;
  /** First line of what it failed with; empty if it did not. */
  readonly reason: string;
}

/** How a run of lessons ended. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Milliseconds from the start of the runner to the end of the last lesson; its namespaces may still be going. */
  readonly durationMs: number;
  /** What was wrong after the last lesson, one sentence each; it is among the failures. */
  readonly leftovers: readonly string[];
  /** What the lessons measured. */
  readonly measurements: readonly Measured[];
  readonly tests: readonly LessonResult[];
}

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

/** Runs spec files on the lab that KUBECONFIG names, and counts. */
export async function runLessons(files: readonly string[]): Promise<Tally> {
  // kubectl lives for a tenth of a second, of which collecting garbage is a sixth; the limit is for those that stay.
  Object.assign(process.env, { GOGC: 'off', GOMEMLIMIT: '512MiB' });
  const filters = files.map((file) => relative(projectRoot, file));
  const started = performance.now();
  const vitest = await startVitest('test', filters, {
    watch: false,
    project: ['lessons', 'mesh-wide lessons'],
    // With PAUSE=1 the first failure ends the run, and what it left behind can be looked at.
    bail: process.env['PAUSE'] === '1' ? 1 : 0,
  });
  const durationMs = performance.now() - started;
  const tests = vitest.state.getTestModules().flatMap((module) => Array.from(module.children.allTests()));
  const states = tests.map((test) => test.result().state);
  const brokenFiles = vitest.state.getTestModules().filter((module) => module.errors().length > 0).length;
  await vitest.close();
  const left = await leftovers();
  const count = (state: string) => states.filter((found) => found === state).length;
  const measurements = tests.flatMap((test) => test.meta().measurements ?? []);
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles + left.length,
    skipped: count('skipped'),
    durationMs,
    leftovers: left,
    measurements,
    tests: tests.map(lessonResult),
  };
}

/** Says which exercises' namespaces do not go, or that it cannot be seen whether they did. */
async function leftovers(): Promise<string[]> {
  const found = await stuckNamespaces().then(
    (stuck) => stuck.map((name) => `Namespace ${name} was deleted, and is still there.`),
    (error: unknown) => [`It cannot be seen whether the exercises' namespaces are gone: ${String(error)}`],
  );
  for (const sentence of found) process.stderr.write(`${sentence}\n`);
  return found;
}

function lessonResult(test: TestCase): LessonResult {
  const { state, errors } = test.result();
  return {
    file: test.module.moduleId,
    state: state === 'pending' ? 'failed' : state,
    needs: test.meta().card?.needs ?? [],
    struck: test.meta().struck ?? 'not yet',
    mutant: test.meta().mutant,
    seconds: Math.round((test.diagnostic()?.duration ?? 0) / 1000),
    reason: errors?.[0]?.message.split('\n')[0] ?? '',
  };
}
