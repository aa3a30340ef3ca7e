import { escapeHtml } from '../../draw/escape.ts';
import { faint, note, seconds, table } from '../../draw/style.ts';
import type { Wait } from '../../record/observation.ts';
import { deadlineShare, type RecordedExercise, warningShare } from '../../record/record.ts';
import type { Flake } from '../../runs/history.ts';

/** How many waits are listed where none of them is close to its deadline. */
const largestShown = 5;

/** A wait and the exercise in which it was waited. */
interface PlacedWait {
  readonly exercise: Pick<RecordedExercise, 'page' | 'claim'>;
  readonly wait: Wait;
}

/** The waits of a run, the largest share of a deadline first. */
export function byShare(exercises: readonly Pick<RecordedExercise, 'page' | 'claim' | 'waits'>[]): PlacedWait[] {
  return exercises
    .flatMap((exercise) => exercise.waits.map((wait) => ({ exercise, wait })))
    .toSorted((a, b) => deadlineShare(b.wait) - deadlineShare(a.wait));
}

/** True if the wait came close to its deadline, so that the next one may not make it. */
export function isClose(wait: Pick<Wait, 'waitedMs' | 'deadlineMs'>): boolean {
  return deadlineShare(wait) > warningShare;
}

/** The waits close to their deadlines as a warning, and the largest of all; nothing where nothing was waited for. */
export function waitsHtml(exercises: readonly Pick<RecordedExercise, 'page' | 'claim' | 'waits'>[]): string {
  const all = byShare(exercises);
  if (all.length === 0) return '';
  const close = all.filter(({ wait }) => isClose(wait)).length;
  const verdict =
    close === 0
      ? note(`None of ${all.length} waits used more than 75 % of its deadline. The largest shares:`, 'good')
      : note(`⚠ ${close} of ${all.length} waits used more than 75 % of their deadline.`, 'bad');
  const rows = all
    .slice(0, Math.max(close, largestShown))
    .map(({ exercise, wait }) => [
      `<b style="white-space:nowrap">${isClose(wait) ? '⚠ ' : ''}${Math.round(deadlineShare(wait) * 100)} %</b>`,
      `${seconds(wait.waitedMs)} of ${seconds(wait.deadlineMs)}${wait.held ? '' : ', and it did not come'}`,
      `<span style="${faint}"><a href="#${exercise.page}">${escapeHtml(exercise.claim)}</a> › ${escapeHtml(wait.step)}</span><br>${escapeHtml(wait.reason)}`,
    ]);
  return verdict + table(['Share', 'Waited', 'What for'], rows);
}

/** Exercises that passed in some runs and failed in others of the same commit on the same versions. */
export function flakesHtml(flakes: readonly Flake[]): string {
  return table(
    ['Exercise', 'Passed'],
    flakes.map(({ path, passed, runs }) => [escapeHtml(path), `${passed} of ${runs} runs`]),
  );
}
