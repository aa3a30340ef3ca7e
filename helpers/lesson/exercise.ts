import { dirname, join } from 'node:path';

import { afterAll, beforeAll, test, type TestContext } from 'vitest';

import type { FaultState } from '../faults/fault.ts';
import { beginLesson, faultState } from '../faults/inject.ts';
import { Cluster } from '../kube/cluster.ts';
import { folderOfSetup } from '../kube/manifest.ts';
import { releaseNamespaces } from '../kube/namespaces.ts';
import { difference, type Snapshot, snapshot } from '../kube/snapshot.ts';
import { mutantAnnotation, type MutantEndOfIndex, mutantEnd } from '../mutants/verdict.ts';
import { attachRecord, attachText, classify, logStep, step } from '../record/allure.ts';
import { missingCapabilities } from '../record/capabilities.ts';
import type { Card } from '../record/card.ts';
import { pathOfSpec, placeOf } from '../record/exercise-path.ts';
import { recordOf } from '../record/record.ts';
import { Recorder } from '../record/recorder.ts';
import { mostPlays, type RunMode } from '../record/run-mode.ts';
import { costSince, costSoFar } from '../system/cost.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { fixturesDir } from '../system/paths.ts';
import { within } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import { audienceOfRun, isPresented } from './audience-of-run.ts';
import { Changes } from './changes.ts';
import { diagnose } from './diagnosis.ts';
import { claimsThatShare, modeOfRun, useLabOfRun } from './lab-of-run.ts';
import { LessonCluster } from './lesson-cluster.ts';
import { Lesson } from './lesson.ts';
import { unmetPreconditions } from './preconditions.ts';
import { SharedSetup } from './shared-setup.ts';

/** What an exercise works with. */
export interface Scene {
  readonly lesson: Lesson;
  /** The cluster, or the first of several. */
  readonly cluster: LessonCluster;
  /** All of them, for an exercise about more than one, whose card needs `clusters2`. */
  readonly clusters: readonly LessonCluster[];
  /** The first of two. Reading it throws where the exercise is about one. */
  readonly west: LessonCluster;
  /** The second of two. Reading it throws where the exercise is about one. */
  readonly east: LessonCluster;
  /** The one without an istiod. Reading it throws unless the card needs `edge`. */
  readonly edge: LessonCluster;
}

/**
 * Declares one claim of an exercise. Its spec and its fixture folder have the same path, which is also its identity in
 * the report: `specs/01-foundation/04-network-policy/01-blocks-the-attacker.spec.ts`.
 *
 * @param title resource kind, present-tense verb, object
 */
export function exercise(title: string, card: Card, body: (scene: Scene) => Promise<void>): void {
  let shared: SharedSetup | undefined;
  let played: Promise<void> | undefined;
  beforeAll(async ({}, { file }) => {
    shared = await turnOn(pathOfSpec(file.filepath));
  }, timeouts.turnMs + timeouts.commandMs);
  afterAll(async () => {
    // Also where vitest has given it up: the turn lasts until what it changed was taken back.
    await played?.catch(() => {});
    await shared?.end();
  }, timeouts.turnMs);
  const timeout = isPresented() ? 0 : (timeouts.exerciseMs + timeouts.cleanupMs) * mostPlays(modeOfRun());
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- probes throw; the title is the claim
  test(title, { timeout, meta: { card } }, (context) => {
    played = playAsTheRunWants(context);
    return played;
  });

  async function playAsTheRunWants(context: TestContext): Promise<void> {
    const mode = modeOfRun();
    if (mode.kind === 'mutant') return playWithMutants(context, mode.chosen);
    const { recorder, failure } = await play(context, mode);
    if (mode.kind === 'without-manifest') assertRightRed(recorder, failure);
    else if (failure !== undefined) throw failure;
  }

  /** Plays it once with each mutant, and tells the command of every end as soon as it is known. */
  async function playWithMutants(context: TestContext, chosen: ChosenMutants): Promise<void> {
    const path = pathOfSpec(context.task.file.filepath);
    for (const [nth, index] of (chosen[path] ?? []).entries()) {
      if (nth > 0) shared?.again();
      const { recorder, failure } = await play(context, { kind: 'mutant', chosen: { [path]: [index] } });
      const end = mutantEnd(recorder.mutant, failure, recorder.sawSomethingWork);
      await context.annotate(JSON.stringify({ ...end, index } satisfies MutantEndOfIndex), mutantAnnotation);
    }
  }

  /** Plays it, and takes everything back. */
  async function play({ task, skip }: TestContext, mode: RunMode): Promise<Played> {
    const begun = costSoFar();
    const { lab, clusters: ofRun } = useLabOfRun();
    const clusters = clustersOf(card, ofRun);
    const [first] = clusters;
    if (first === undefined) throw new Error('A run has at least one cluster');
    const path = pathOfSpec(task.file.filepath);
    await classify({ ...placeOf(path), claim: title, path }, card);
    const folder = join(fixturesDir, path);
    const recorder = new Recorder(await audienceOfRun());
    const { networkPolicyEnforced, ours } = lab;
    const site = { cluster: first, clusters, networkPolicyEnforced, ours };
    const missing = [
      ...(await missingCapabilities(card.needs, site)),
      ...(await unmetPreconditions(task.file.filepath, folder, clusters, lab)),
    ];
    if (missing.length > 0) {
      await attachRecord(recordOf(recorder, [], costSince(begun), missing));
      await logStep(`Skipped: ${missing.join('; ')}`);
      skip(missing.join('; '));
    }
    beginLesson(path);
    const changes = new Changes(recorder, mode, folder);
    const lessonClusters = clusters.map((each) => new LessonCluster(each, recorder, changes, folder, shared));
    const [cluster] = lessonClusters;
    if (cluster === undefined) throw new Error('A run has at least one cluster');
    const lesson = new Lesson(recorder);
    const before = card.needs.some((name) => name !== 'calc') ? await asLastSeen(clusters) : [];
    let failure: unknown;
    try {
      const playing = body(sceneOf(lesson, cluster, lessonClusters));
      const late = () => new Error(`Not done after ${timeouts.exerciseMs / 1000} s: ${recorder.whereItStands}`);
      await (isPresented() ? playing : within(playing, timeouts.exerciseMs, late));
      lesson.end();
    } catch (error) {
      failure = error;
      if (mode.kind === 'normal' || mode.kind === 'fault')
        await attachText('diagnosis', await diagnoseAll(clusters, lessonClusters));
    }
    const namespaces = [...new Set(lessonClusters.flatMap((each) => each.namespaces))];
    // Only for the picture: where the API server no longer answers, there is enough else to say.
    const workloads = await Promise.all(lessonClusters.map(async (each) => each.workloads().catch(() => [])));
    recorder.sawAfter(workloads.flat());
    task.meta.faultState = faultState();
    await attachRecord(recordOf(recorder, namespaces, costSince(begun)));
    for (const each of clusters) each.close();
    if (lab.pause && failure !== undefined) {
      throw new Error(`Left as it is, for a look around: ${namespaces.join(', ')}`, { cause: failure });
    }
    try {
      if (before.length > 0) await leaveAsFound({ changes, clusters, lessonClusters, shared }, before);
    } catch (untidy) {
      // What went wrong first explains what went wrong last, but it does not say that something stays behind.
      if (failure !== undefined) task.meta.untidy = String(untidy).split('\n')[0] ?? '';
      failure ??= untidy;
    }
    return { recorder, failure };
  }
}

/** What came of playing an exercise once. */
interface Played {
  readonly recorder: Recorder;
  /** What it failed with; undefined if it passed. */
  readonly failure: unknown;
}

type ChosenMutants = Extract<RunMode, { kind: 'mutant' }>['chosen'];

/** The clusters that an exercise is about: the first of the run, or two, or all, which its commands then name. */
function clustersOf({ needs }: Card, ofRun: readonly Cluster[]): readonly Cluster[] {
  if (needs.includes('edge')) return ofRun;
  if (needs.includes('clusters2')) return ofRun.slice(0, 2);
  return ofRun.slice(0, 1).map(({ kubeconfig }) => new Cluster(kubeconfig));
}

function sceneOf(lesson: Lesson, cluster: LessonCluster, clusters: readonly LessonCluster[]): Scene {
  const named = (name: string) => {
    const found = clusters.find((each) => each.name === name);
    if (found === undefined) throw new Error(`The exercise has no cluster ${name}: its card has to need it`);
    return found;
  };
  return {
    lesson,
    cluster,
    clusters,
    get west() {
      return named('west');
    },
    get east() {
      return named('east');
    },
    get edge() {
      return named('edge');
    },
  };
}

async function diagnoseAll(clusters: readonly Cluster[], lessonClusters: readonly LessonCluster[]): Promise<string> {
  const each = clusters.map((cluster, index) => diagnose(cluster, lessonClusters[index]?.namespaces ?? []));
  return (await Promise.all(each)).join('\n');
}

/** Red for the right reason: what was seen is the old, working answer, because the manifest was not there. */
function assertRightRed(recorder: Recorder, failure: unknown): void {
  if (failure === undefined) {
    if (!recorder.withheld) return;
    throw new Error('Green although its lesson manifest was withheld: the exercise proves nothing about the manifest.');
  }
  if (!recorder.withheld) throw failure;
  if (!(failure instanceof ExpectationError) || !failure.sawAnswer) {
    throw new Error('Red for another reason than the missing manifest', { cause: failure });
  }
}

/** The claim's turn on the set-up of its exercise, where others of this run share it. */
async function turnOn(path: string): Promise<SharedSetup | undefined> {
  const folder = join(fixturesDir, path);
  if (folderOfSetup(folder) === folder) return undefined;
  return SharedSetup.take(dirname(path), claimsThatShare()[dirname(path)] ?? 1);
}

/**
 * What the exercise before this one left in the end, if there was one in this process and it had as many clusters; nothing
 * escapes between them.
 */
let lastSeen: readonly Snapshot[] = [];

async function asLastSeen(clusters: readonly Cluster[]): Promise<readonly Snapshot[]> {
  const seen = lastSeen.length === clusters.length ? lastSeen : await Promise.all(clusters.map(snapshot));
  lastSeen = [];
  return seen;
}

/** A claim that is to end: its clusters, as they are and as it worked on them, and its turn on a set-up if it shares one. */
interface Ending {
  readonly changes: Changes;
  readonly clusters: readonly Cluster[];
  readonly lessonClusters: readonly LessonCluster[];
  readonly shared: SharedSetup | undefined;
}

/** Takes everything of the exercise away, and proves that nothing else came or went. */
async function leaveAsFound(ending: Ending, before: readonly Snapshot[]): Promise<void> {
  const { clusters, lessonClusters, shared } = ending;
  await step('What the exercise made and changed goes, and the rest is as it was found', async () => {
    let otherwise: string[] | undefined;
    try {
      await ending.changes.undo();
      otherwise = (await Promise.all(lessonClusters.map((each) => each.leftOtherwise()))).flat();
    } finally {
      const stays = otherwise?.length === 0 && shared?.isLast === false;
      const kept = stays ? lessonClusters.flatMap(({ sharedNamespaces }) => sharedNamespaces) : [];
      // Where its own deployment failed, there is nothing to leave to the next.
      if (kept.length > 0) shared?.leave();
      // The proof itself has looked into the pods.
      for (const cluster of clusters) cluster.close();
      for (const [index, cluster] of clusters.entries()) {
        const { namespaces = [] } = lessonClusters[index] ?? {};
        await releaseNamespaces(
          cluster,
          namespaces.filter((name) => !kept.includes(name)),
        );
      }
    }
    if (otherwise.length > 0)
      throw new Error(`The set-up that it shares is not as it was found: ${otherwise.join('; ')}`);
    lastSeen = await Promise.all(clusters.map(snapshot));
    for (const [index, after] of lastSeen.entries()) {
      const { left, lost } = difference(before[index] ?? after, after);
      if (left.length + lost.length === 0) continue;
      const { name = '' } = clusters[index] ?? {};
      throw new Error(
        `Cleanup${name === '' ? '' : ` of ${name}`} is incomplete. Left behind: ${left.join(', ') || 'nothing'}. Lost: ${lost.join(', ') || 'nothing'}.`,
      );
    }
  });
}

declare module 'vitest' {
  interface TaskMeta {
    card?: Card;
    faultState?: FaultState;
    /** Why not everything was taken back, where the exercise failed with something else before; one line. */
    untidy?: string;
  }
}
