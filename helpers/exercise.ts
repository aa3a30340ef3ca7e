import { join, relative } from 'node:path';

import { test } from 'vitest';

import { missingCapabilities } from './capability.ts';
import type { Card } from './card.ts';
import { diagnose } from './diagnosis.ts';
import type { Measured } from './evidence.ts';
import { placeOf } from './exercise-path.ts';
import type { Struck } from './faults/fault.ts';
import { beginLesson, whatStruck } from './faults/strike.ts';
import { mutantRound, withholding } from './journal.ts';
import { useLabOfRun } from './lab-of-run.ts';
import { Lesson } from './lesson.ts';
import { type MutantEnd, mutantEnd } from './mutants/verdict.ts';
import { releaseNamespaces } from './namespaces.ts';
import { attachRecord, attachText, classify, logStep, showPicture, step, tellStory } from './narration.ts';
import { obstacles } from './obstacles.ts';
import { fixturesDir, specsDir } from './places.ts';
import { drawStory } from './report/picture.ts';
import { storyHtml } from './report/story.ts';
import { difference, type Snapshot, snapshot } from './snapshot.ts';
import { timeouts } from './timeouts.ts';
import { Unmet } from './unmet.ts';

/**
 * Declares one claim of an exercise. Its spec and its fixture folder have the same path, which is also its identity in
 * the report: `specs/01-foundation/04-network-policy/01-blocks-the-attacker.spec.ts`.
 *
 * @param title resource kind, present-tense verb, object
 */
export function exercise(title: string, card: Card, body: (scene: { lesson: Lesson }) => Promise<void>): void {
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- probes throw; the title is the claim
  test(title, { timeout: timeouts.exerciseMs, meta: { card } }, async ({ task, skip }) => {
    useLabOfRun();
    const path = relative(specsDir, task.file.filepath).replace(/(\.mesh-wide)?\.spec\.ts$/, '');
    await classify({ ...placeOf(path), claim: title, path }, card);
    const folder = join(fixturesDir, path);
    const missing = [...(await missingCapabilities(card.needs)), ...(await obstacles(task.file.filepath, folder))];
    if (missing.length > 0) {
      await tellStory(storyHtml(card, { sightings: [], manifests: [], findings: [], exhibits: [] }, ''));
      await logStep(`Skipped: ${missing.join('; ')}`);
      skip(missing.join('; '));
    }
    beginLesson(path);
    const lesson = new Lesson(folder);
    const onCluster = card.needs.some((name) => name !== 'calc');
    const before = onCluster ? await asLastSeen() : undefined;
    let failure: unknown;
    try {
      await body({ lesson });
    } catch (error) {
      failure = error;
      if (!withholding && mutantRound === undefined) await attachText('diagnosis', await diagnose(lesson.namespaces));
    }
    task.meta.struck = whatStruck();
    task.meta.measurements = lesson.journal.measurements;
    await tell(card, lesson);
    if (pausing && failure !== undefined) {
      throw new Error(`Left as it is, for a look around: ${lesson.namespaces.join(', ')}`, { cause: failure });
    }
    try {
      if (before !== undefined) await leaveAsFound(lesson, before);
    } catch (untidy) {
      // What went wrong first explains what went wrong last.
      failure ??= untidy;
    }
    if (mutantRound !== undefined) {
      task.meta.mutant = mutantEnd(lesson.journal.mutant, failure);
      return;
    }
    if (!withholding && failure !== undefined) throw failure;
    if (withholding) assertRightRed(lesson, failure);
  });
}

/** True if a failed exercise is to be left as it is, so that someone can look around. */
const pausing = process.env['PAUSE'] === '1';

/** Red for the right reason: what was seen is the old, working answer, because the manifest was not there. */
function assertRightRed(lesson: Lesson, failure: unknown): void {
  if (failure === undefined) {
    if (!lesson.journal.withheld) return;
    throw new Error('Green although its lesson manifest was withheld: the exercise proves nothing about the manifest.');
  }
  if (!lesson.journal.withheld) throw failure;
  if (!(failure instanceof Unmet) || !failure.working) {
    throw new Error('Red for another reason than the missing manifest', { cause: failure });
  }
}

/** What the exercise before this one left in the end, if there was one in this process; nothing escapes between them. */
let lastSeen: Snapshot | undefined;

async function asLastSeen(): Promise<Snapshot> {
  const seen = lastSeen ?? (await snapshot());
  lastSeen = undefined;
  return seen;
}

/** Lets the cast go, and proves that nothing else came or went. */
async function leaveAsFound(lesson: Lesson, before: Snapshot): Promise<void> {
  await step('The cast goes, and the rest of the cluster is as it was found', async () => {
    await lesson.undo();
    await releaseNamespaces(lesson.namespaces);
    lastSeen = await snapshot();
    const { left, lost } = difference(before, lastSeen);
    if (left.length + lost.length === 0) return;
    throw new Error(
      `Cleanup is incomplete. Left behind: ${left.join(', ') || 'nothing'}. Lost: ${lost.join(', ') || 'nothing'}.`,
    );
  });
}

async function tell(card: Card, lesson: Lesson): Promise<void> {
  const { journal } = lesson;
  const { sightings, findings, waits } = journal;
  const picture = sightings.length === 0 ? '' : drawStory(sightings);
  if (picture !== '') await showPicture('who called whom', picture);
  await tellStory(storyHtml(card, journal, picture));
  await attachRecord({ sightings, findings, waits });
}

declare module 'vitest' {
  interface TaskMeta {
    card?: Card;
    measurements?: readonly Measured[];
    struck?: Struck;
    mutant?: MutantEnd;
  }
}
