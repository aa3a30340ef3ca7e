/** One run of vitest: lessons of one phase, on a lab that stays as it is while they run. */
import { join, relative } from 'node:path';

import { createVitest, type Reporter, type TestCase } from 'vitest/node';

import type { FaultState } from '../faults/fault.ts';
import { Cluster } from '../kube/cluster.ts';
import { readFixture } from '../kube/manifest.ts';
import { releaseNamespaces, stuckNamespaces } from '../kube/namespaces.ts';
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { sharedClaims } from '../lesson/shared-claims.ts';
import { forgetTurns } from '../lesson/shared-setup.ts';
import { mutantAnnotation, type MutantEndOfIndex } from '../mutants/verdict.ts';
import type { CapabilityName } from '../record/capabilities.ts';
import type { RunMode } from '../record/run-mode.ts';
import { type Phase, specKinds } from '../record/spec-kinds.ts';
import { fixturesDir, projectRoot } from '../system/paths.ts';

/** How one lesson ended. */
export interface LessonResult {
  /** Its spec file. */
  readonly file: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly needs: readonly CapabilityName[];
  /** Whether what the run is to break was broken while this lesson ran. */
  readonly faultState: FaultState;
  readonly seconds: number;
  /** First line of what it failed with, or why it was skipped; empty if it was neither. */
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
  readonly tests: readonly LessonResult[];
}

/** Where lessons run, how, and where what they did is kept. */
export interface Run {
  readonly lab: ProvidedLab;
  /** As the course has them, unless given. */
  readonly mode?: RunMode;
  /** Folder for Allure's results, which are added to what is there. */
  readonly resultsDir: string;
  /** Socket of the terminal that they are presented on; then nothing else is printed. */
  readonly presenter?: string;
  /** Is told how an exercise took a mutant, as soon as it is known; then nothing else is printed or kept. */
  readonly onMutant?: (file: string, end: MutantEndOfIndex) => void;
}

/** Runs spec files of one phase, and counts. */
export async function runPhase(
  phase: Phase,
  files: readonly string[],
  { lab, mode = { kind: 'normal' }, resultsDir, presenter, onMutant }: Run,
): Promise<Tally> {
  Object.assign(process.env, { ALLURE_RESULTS: resultsDir });
  const filters = files.map((file) => relative(projectRoot, file));
  const started = performance.now();
  const vitest = await createVitest('test', {
    watch: false,
    project: specKinds.filter((kind) => kind.phase === phase).map(({ project }) => project),
    // With PAUSE=1 the first failure ends the run, and what it left behind can be looked at.
    bail: lab.pause ? 1 : 0,
    ...(presenter === undefined ? {} : { reporters: [] }),
    ...(onMutant === undefined ? {} : { reporters: [mutantReporter(onMutant)] }),
  });
  vitest.provide('lab', lab);
  if (presenter !== undefined) vitest.provide('presenter', presenter);
  vitest.provide('mode', mode);
  // What a fault broke in a set-up would be there for the next.
  const shared = mode.kind === 'fault' || lab.pause ? {} : sharedClaims(files, mode);
  vitest.provide('sharedClaims', shared);
  await forgetTurns();
  await vitest.start(filters);
  const durationMs = performance.now() - started;
  const tests = vitest.state.getTestModules().flatMap((module) => Array.from(module.children.allTests()));
  const states = tests.map((test) => test.result().state);
  const brokenFiles = vitest.state.getTestModules().filter((module) => module.errors().length > 0).length;
  await vitest.close();
  const kept = await setupNamespaces(Object.keys(shared));
  const left = (await Promise.all(lab.clusters.map((cluster) => leftovers(cluster, kept)))).flat();
  const count = (state: string) => states.filter((found) => found === state).length;
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles + left.length,
    skipped: count('skipped'),
    durationMs,
    // Their exercises are failures already.
    leftovers: [...left, ...tests.flatMap((test) => test.meta().untidy ?? [])],
    tests: tests.map(lessonResult),
  };
}

/** Listens for what exercises tell of their mutants. */
function mutantReporter(onMutant: NonNullable<Run['onMutant']>): Reporter {
  return {
    onTestCaseAnnotate: (test, { type, message }) => {
      if (type === mutantAnnotation) onMutant(test.module.moduleId, JSON.parse(message) as MutantEndOfIndex);
    },
  };
}

/** Namespaces of the set-ups that exercises share among their claims. */
async function setupNamespaces(exercises: readonly string[]): Promise<string[]> {
  const setups = exercises.map((exercise) => readFixture(join(fixturesDir, exercise), '10-setup.yaml'));
  return (await Promise.all(setups)).flatMap(({ namespaces }) => namespaces);
}

/**
 * Says which exercises' namespaces do not go, or that it cannot be seen whether they did.
 *
 * @param kept namespaces that go with the last claim that shares them; one that was skipped cannot see that it was the last
 */
async function leftovers(
  { kubeconfig, name }: ProvidedLab['clusters'][number],
  kept: readonly string[],
): Promise<string[]> {
  const cluster = new Cluster(kubeconfig, name);
  const found = await releaseNamespaces(cluster, kept)
    .then(() => stuckNamespaces(cluster))
    .then(
      (stuck) => stuck.map((namespace) => `Namespace ${namespace} was deleted, and is still there.`),
      (error: unknown) => [`It cannot be seen whether the exercises' namespaces are gone: ${String(error)}`],
    );
  for (const sentence of found) process.stderr.write(`${sentence}\n`);
  return found;
}

function lessonResult(test: TestCase): LessonResult {
  const result = test.result();
  const { state, errors } = result;
  const note = result.state === 'skipped' ? (result.note ?? '') : '';
  return {
    file: test.module.moduleId,
    state: state === 'pending' ? 'failed' : state,
    needs: test.meta().card?.needs ?? [],
    faultState: test.meta().faultState ?? 'not yet',
    seconds: Math.round((test.diagnostic()?.duration ?? 0) / 1000),
    reason: errors?.[0]?.message.split('\n')[0] ?? note,
  };
}
