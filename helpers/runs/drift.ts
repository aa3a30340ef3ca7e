import type { Wait } from '../record/observation.ts';
import type { RecordedExercise } from '../record/record.ts';
import { chanceOfFailures, chanceOfTallies, tallyOf } from './tally.ts';
import { steady, steadyParts } from './volatile.ts';

/** What an exercise is read for here. */
type Exercise = Pick<
  RecordedExercise,
  'path' | 'status' | 'message' | 'reason' | 'observations' | 'findings' | 'waits' | 'card'
> &
  // Runs of an earlier release of the project have none.
  Partial<Pick<RecordedExercise, 'warnings'>>;

/** One difference between two runs, with what each of them saw. */
export interface Drift {
  readonly path: string;
  /**
   * status: passed, failed… or there at all. disproof: what showed a claim of the course text wrong no longer does, or does
   * again. verdict: how a call ended. output: what a witness said. warning: what a program warned of. wait: how long.
   */
  readonly kind: 'status' | 'disproof' | 'verdict' | 'output' | 'warning' | 'wait';
  /** What was looked at, e.g. the call or the claim. */
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/**
 * Counts differ only if chance alone would make them differ so much less than once in so many draws: with some hundred counts in a
 * course, less than one comparison in a hundred of equal runs has a difference that is none.
 */
export const onceIn = 100_000;

/**
 * A wait is said to differ only if the longer one also took so much of its deadline: below it, how crowded the lanes were
 * decides, and nothing is near to failing.
 */
const leastShare = 1 / 2;

/** A call to nobody ends in either way, as the node's rules had already lost the pods or not. */
const toNobody = /^broken: (?:connection refused \(curl 7\)|no answer \(curl 28\))$/;

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
    .filter((each) => !(toNobody.test(each.a) && toNobody.test(each.b)))
    .filter((each) => steady(each.a) !== steady(each.b) && (each.both || sameEnd));
  const outputs = pairs(standing(a.findings), standing(b.findings), ({ step, claim }) => `${step}: ${claim}`)
    .map(([what, one, two]) => ({
      path,
      kind: 'output' as const,
      what,
      a: one?.evidence ?? 'not looked at',
      b: two?.evidence ?? 'not looked at',
      both: one !== undefined && two !== undefined,
    }))
    // What a run measured is a figure of that run.
    .filter((each) => !(each.both && /^(?:.*: )?measured: /.test(each.what)))
    .filter((each) => !(isCut(each.a) && isCut(each.b)))
    .filter((each) => outputsDiffer(each.a, each.b) && (each.both || sameEnd));
  const waits = pairs(a.waits, b.waits, ({ step, reason }) => `${step}: ${reason}`).flatMap(([what, one, two]) =>
    one === undefined || two === undefined || !differs(one, two, factor)
      ? []
      : [{ path, kind: 'wait' as const, what, a: waited(one), b: waited(two) }],
  );
  const told = [...calls, ...outputs].map(({ both: _both, ...each }) => each);
  return [...ended, ...disproofs(a, b), ...told, ...(sameEnd ? warnings(a, b) : []), ...waits];
}

/** What either run shows wrong in the course text and the other no longer does; a skipped exercise shows nothing. */
function disproofs(a: Exercise, b: Exercise): Drift[] {
  const shows = ({ status }: Exercise) => (status === 'passed' ? 'shown to be wrong' : 'no longer shown to be wrong');
  if (shows(a) === shows(b) || a.status === 'skipped' || b.status === 'skipped') return [];
  const ids = new Set([...(a.card?.errata ?? []), ...(b.card?.errata ?? [])]);
  return [...ids].map((what) => ({ path: a.path, kind: 'disproof', what, a: shows(a), b: shows(b) }));
}

/** Deprecated APIs that one of two runs asked the API server for and the other did not; nothing where one does not know. */
export function apiDrift(a: readonly string[] | undefined, b: readonly string[] | undefined): Drift[] {
  if (a === undefined || b === undefined) return [];
  return [...new Set([...a, ...b])]
    .filter((api) => a.includes(api) !== b.includes(api))
    .map((what) => ({
      path: 'the whole run',
      kind: 'warning',
      what: `deprecated API: ${what}`,
      a: a.includes(what) ? 'asked for' : 'not asked for',
      b: b.includes(what) ? 'asked for' : 'not asked for',
    }));
}

/** Warnings that came or went: which, not how often. */
function warnings(a: Exercise, b: Exercise): Drift[] {
  const of = ({ warnings: all = [] }: Exercise) => new Map(all.map(({ text }) => [steady(text), text]));
  const [inA, inB] = [of(a), of(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])]
    .filter((text) => inA.has(text) !== inB.has(text))
    .map((text) => ({
      path: a.path,
      kind: 'warning',
      what: inA.has(text) ? 'it went' : 'it came',
      a: inA.get(text) ?? 'not warned of',
      b: inB.get(text) ?? 'not warned of',
    }));
}

/** True if two outputs differ in substance: counts beyond chance, everything else in what no two runs have by accident. */
function outputsDiffer(a: string, b: string): boolean {
  const chance = chanceOfFailures(a, b);
  if (chance !== undefined) return chance < 1 / onceIn;
  const whole = (output: string) => output.replace(/\n…$/, '');
  const [one, two] = [tallyOf(whole(a)), tallyOf(whole(b))];
  if (one !== undefined && two !== undefined) {
    // Of a tally that was cut, the rest is not known.
    return !isCut(a) && !isCut(b) && chanceOfTallies(one, two) < 1 / onceIn;
  }
  return steadyParts(a) !== steadyParts(b);
}

/** Without what an exercise did again because by luck it had not come about. */
function standing(findings: Exercise['findings']): Exercise['findings'] {
  return findings.filter(({ superseded }) => superseded !== true);
}

/** Joins two lists by a key; what has the same key is joined in order. */
function pairs<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string,
): [string, T | undefined, T | undefined][] {
  // A pod called by its address is the same call in both runs, and a title may say how many calls there were.
  const key = (item: T) => steady(keyOf(item)).replaceAll(/\bof \d+\b/g, 'of <count>');
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
  const [less, more] = a.waitedMs < b.waitedMs ? [a, b] : [b, a];
  return more.waitedMs > factor * less.waitedMs && more.waitedMs > leastShare * more.deadlineMs;
}

function waited({ waitedMs, deadlineMs, held }: Wait): string {
  return `${(waitedMs / 1000).toFixed(1)} s of ${deadlineMs / 1000} s${held ? '' : ', and it did not come'}`;
}

function ending({ status, message, reason }: Exercise): string {
  const why = message === '' ? reason : message;
  return why === '' ? status : `${status}: ${why}`;
}
