import type { Curriculum, CurriculumExercise } from '../curriculum/curriculum.ts';
import { needsCard } from '../curriculum/exercise-card.ts';
import type { Explained, ProgressEntry } from './progress.ts';

/** What a learner did with an exercise. */
export interface ExerciseProgress {
  readonly id: string;
  readonly title: string;
  /** Of so many assertions, so many held when they were last run, and so many did not. */
  readonly ran: { readonly of: number; readonly held: number; readonly failed: number };
  /** When it was last run; empty if it never was. */
  readonly ranOn: string;
  /** How it was last explained; undefined if it never was. */
  readonly explained: Explained | undefined;
  readonly explainedOn: string;
  /** In how many talks a result of it was named. */
  readonly talks: number;
}

/** What a learner did with each exercise that has claims of its own, in the order of the course. */
export function exerciseProgress(
  { modules }: Pick<Curriculum, 'modules'>,
  entries: readonly ProgressEntry[],
): ExerciseProgress[] {
  return modules.flatMap(({ exercises }) => exercises).flatMap((exercise) => progressOf(exercise, entries) ?? []);
}

/** How a module or an exercise was last explained; undefined if it never was. */
export function lastExplained(
  id: string,
  entries: readonly ProgressEntry[],
): Extract<ProgressEntry, { kind: 'explained' }> | undefined {
  return entries.findLast((each) => each.kind === 'explained' && each.id === id) as
    | Extract<ProgressEntry, { kind: 'explained' }>
    | undefined;
}

function progressOf(
  { id, title, assertions }: CurriculumExercise,
  entries: readonly ProgressEntry[],
): ExerciseProgress | undefined {
  const own = assertions.filter(({ follows }) => follows === undefined).map((each) => each.id);
  if (own.length === 0) return undefined;
  const runs = entries.filter((each) => each.kind === 'ran');
  const ends = own.map((assertion) => {
    const last = runs.findLast(({ held, failed }) => held.includes(assertion) || failed.includes(assertion));
    return { date: last?.date ?? '', held: last?.held.includes(assertion) === true };
  });
  const run = ends.filter(({ date }) => date !== '');
  const explained = lastExplained(id, entries);
  const isOwnId = (used: string) => used.startsWith(`${id}.`);
  return {
    id,
    title,
    ran: {
      of: own.length,
      held: run.filter(({ held }) => held).length,
      failed: run.filter(({ held }) => !held).length,
    },
    ranOn: run.map(({ date }) => date).reduce((a, b) => (a > b ? a : b), ''),
    explained: explained?.verdict,
    explainedOn: explained?.date ?? '',
    talks: entries.filter((each) => each.kind === 'played' && each.used.some(isOwnId)).length,
  };
}

/** Something to do next, and why. */
export interface NextStep {
  readonly type: string;
  readonly because: string;
}

/**
 * What to do next, three things at most: explain what was run and never explained, the oldest first; then what could be
 * explained in part or not at all, the oldest first; then run what was not run, in the order of the course.
 */
export function nextSteps(exercises: readonly ExerciseProgress[], most = 3): NextStep[] {
  const numbered = exercises.filter(({ id }) => needsCard(id));
  const older = (key: 'ranOn' | 'explainedOn') => (a: ExerciseProgress, b: ExerciseProgress) =>
    a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;
  const explain = (id: string, because: string) => ({ type: `make explain ID=${id}`, because });
  return [
    ...exercises
      .filter(({ ran }) => ran.failed > 0)
      .map(({ id }) => ({ type: `make course ONLY=${id}`, because: 'it failed when you ran it last' })),
    ...numbered
      .filter(({ ranOn, explained }) => ranOn !== '' && explained === undefined)
      .toSorted(older('ranOn'))
      .map(({ id }) => explain(id, 'you ran it and have not explained it')),
    ...numbered
      .filter(({ explained }) => explained === 'partly' || explained === 'no')
      .toSorted(older('explainedOn'))
      .map(({ id }) => explain(id, 'you could not explain all of it')),
    ...numbered
      .filter(({ ranOn }) => ranOn === '')
      .map(({ id }) => ({ type: `make follow ONLY=${id}`, because: 'you have not run it; it needs make up' })),
  ].slice(0, most);
}
