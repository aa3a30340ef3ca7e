import type { Wait } from '../record/observation.ts';
import type { RecordedExercise } from '../record/record.ts';
import { steady } from './volatile.ts';

/** What an exercise is read for here. */
type Exercise = Pick<
  RecordedExercise,
  'path' | 'status' | 'message' | 'reason' | 'observations' | 'findings' | 'waits'
>;

/** One difference between two runs, with what each of them saw. */
export interface Drift {
  readonly path: string;
  /** status: passed, failed… or there at all. verdict: how a call ended. wait: how long. output: what a witness said. */
  readonly kind: 'status' | 'verdict' | 'wait' | 'output';
  /** What was looked at, e.g. the call or the claim. */
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** A wait is said to differ only if it also differs by so much: Prometheus asks every three seconds, lanes crowd. */
const leastWaitMs = 5_000;

/**
 * What differs between two runs, exercise by exercise. Where an exercise ended differently, its calls and findings are
 * compared as far as both runs came.
 *
 * @param factor a wait differs if one of the two is more than so many times the other
 */
export function drift(a: readonly Exercise[], b: readonly Exercise[], factor: number): Drift[] {
  const others = new Map(b.map((exercise) => [exercise.path, exercise]));
  const left = a.flatMap((exercise) => {
    const other = others.get(exercise.path);
    others.delete(exercise.path);
    return other === undefined
      ? [{ path: exercise.path, kind: 'status' as const, what: 'the exercise', a: ending(exercise), b: 'not there' }]
      : exerciseDrift(exercise, other, factor);
  });
  const added = [...others.values()].map((exercise) => ({
    path: exercise.path,
    kind: 'status' as const,
    what: 'the exercise',
    a: 'not there',
    b: ending(exercise),
  }));
  return [...left, ...added];
}

function exerciseDrift(a: Exercise, b: Exercise, factor: number): Drift[] {
  const { path } = a;
  const sameEnd = a.status === b.status;
  const ended = sameEnd ? [] : [{ path, kind: 'status' as const, what: 'the exercise', a: ending(a), b: ending(b) }];
  const calls = pairs(
    a.observations,
    b.observations,
    (seen) => `${seen.step}: ${seen.caller} → ${seen.target}, ${seen.request}`,
  )
    .map(([what, one, two]) => ({
      path,
      kind: 'verdict' as const,
      what,
      a: one === undefined ? 'not called' : `${one.verdict}: ${one.signature}`,
      b: two === undefined ? 'not called' : `${two.verdict}: ${two.signature}`,
      both: one !== undefined && two !== undefined,
    }))
    .filter((each) => steady(each.a) !== steady(each.b) && (each.both || sameEnd));
  const outputs = pairs(a.findings, b.findings, ({ step, claim }) => `${step}: ${claim}`)
    .map(([what, one, two]) => ({
      path,
      kind: 'output' as const,
      what,
      a: one?.evidence ?? 'not looked at',
      b: two?.evidence ?? 'not looked at',
      both: one !== undefined && two !== undefined,
    }))
    .filter((each) => !(isCut(each.a) && isCut(each.b)))
    .filter((each) => steady(each.a) !== steady(each.b) && (each.both || sameEnd));
  const waits = pairs(a.waits, b.waits, ({ step, reason }) => `${step}: ${reason}`).flatMap(([what, one, two]) =>
    one === undefined || two === undefined || !differs(one, two, factor)
      ? []
      : [{ path, kind: 'wait' as const, what, a: waited(one), b: waited(two) }],
  );
  return [...ended, ...[...calls, ...outputs].map(({ both: _both, ...each }) => each), ...waits];
}

/** Joins two lists by a key; what has the same key is joined in order. */
function pairs<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string,
): [string, T | undefined, T | undefined][] {
  // A pod called by its address is the same call in both runs.
  const key = (item: T) => steady(keyOf(item));
  const [groupsA, groupsB] = [Map.groupBy(a, key), Map.groupBy(b, key)];
  return [...new Set([...groupsA.keys(), ...groupsB.keys()])].flatMap((same) => {
    const [one, two] = [groupsA.get(same) ?? [], groupsB.get(same) ?? []];
    const times = Math.max(one.length, two.length);
    return Array.from({ length: times }, (_, index): [string, T | undefined, T | undefined] => [
      same,
      one[index],
      two[index],
    ]);
  });
}

/** True if only the beginning was kept: of a list or a log, that says nothing about the whole but its claim does. */
function isCut(evidence: string): boolean {
  return evidence.endsWith('…');
}

function differs(a: Wait, b: Wait, factor: number): boolean {
  const [less, more] = [Math.min(a.waitedMs, b.waitedMs), Math.max(a.waitedMs, b.waitedMs)];
  return more > factor * less && more - less >= leastWaitMs;
}

function waited({ waitedMs, deadlineMs, held }: Wait): string {
  return `${(waitedMs / 1000).toFixed(1)} s of ${deadlineMs / 1000} s${held ? '' : ', and it did not come'}`;
}

function ending({ status, message, reason }: Exercise): string {
  const why = message === '' ? reason : message;
  return why === '' ? status : `${status}: ${why}`;
}
