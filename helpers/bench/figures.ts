import type { RecordedExercise } from '../record/record.ts';
import type { CpuReading } from './cpu-account.ts';

/** A figure of a bench. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** `s`, `CPU-s`, `GiB`; empty for a ratio. */
  readonly unit: string;
}

/** A line of the terminal. */
export function figureLine({ what, value, unit }: Figure): string {
  return `${what.padEnd(60)}${value.toFixed(unit === 's' ? 1 : 2).padStart(8)} ${unit}\n`;
}

/** How many rows of the curriculum the exercises of a run have proven. */
export function provenRows(exercises: readonly Pick<RecordedExercise, 'status' | 'card'>[]): number {
  const proven = exercises.filter(({ status }) => status === 'passed').flatMap(({ card }) => card?.proves ?? []);
  return new Set(proven).size;
}

type Counted = Pick<RecordedExercise, 'path' | 'durationMs' | 'waits' | 'namespaces' | 'cost'>;

/**
 * What each exercise cost, the dearest first: its pods, the programs that it started, processor time of both and of its
 * worker until its last step, how long it was in its lane, and how much of that it waited for the cluster. Pods that several
 * exercises share are divided among them.
 */
export function exerciseTable(exercises: readonly Counted[], cpu: CpuReading): string {
  const sharersOf = (namespace: string) => exercises.filter(({ namespaces }) => namespaces.includes(namespace)).length;
  const rows = exercises
    .map(({ path, durationMs, waits, namespaces, cost }) => {
      const sum = (by: ReadonlyMap<string, number>) =>
        namespaces.reduce((total, namespace) => total + (by.get(namespace) ?? 0) / sharersOf(namespace), 0);
      const ofPods = sum(cpu.byNamespace);
      const [ofPrograms, ofWorker] = [cost.programsCpuMs / 1_000, cost.ownCpuMs / 1_000];
      const waited = waits.reduce((total, { waitedMs }) => total + waitedMs, 0) / 1_000;
      const figures = [
        sum(cpu.podsByNamespace).toFixed(0),
        cost.programs.toFixed(0),
        ...[ofPods, ofPrograms, ofWorker, durationMs / 1_000, waited].map((value) => value.toFixed(1)),
      ];
      return { all: ofPods + ofPrograms + ofWorker, line: [...figures.map((text) => text.padStart(9)), ` ${path}`] };
    })
    .toSorted((a, b) => b.all - a.all);
  const heads = ['pods', 'programs', 'CPU-s:pod', 'programs', 'worker', 's in lane', 's waiting'];
  return [heads.map((head) => head.padStart(9)), ...rows.map(({ line }) => line)]
    .map((line) => `${line.join(' ')}\n`)
    .join('');
}

/** What was measured in turns, side by side: the medians of both, and how many times the second the first is. */
export function pairTable(here: readonly (readonly Figure[])[], there: readonly (readonly Figure[])[]): string {
  const medianOf = (rounds: readonly (readonly Figure[])[], what: string) =>
    median(rounds.flatMap((figures) => figures.filter((each) => each.what === what).map(({ value }) => value)));
  const lines = (here[0] ?? []).flatMap(({ what, unit }) => {
    const [ours, theirs] = [medianOf(here, what), medianOf(there, what)];
    if (ours === undefined || theirs === undefined) return [];
    const ratio = theirs === 0 ? '' : (ours / theirs).toFixed(2);
    return [
      [what.padEnd(60), ...[ours.toFixed(2), theirs.toFixed(2), ratio].map((text) => text.padStart(10)), ` ${unit}`],
    ];
  });
  const head = [`medians of ${here.length}`.padEnd(60), ...['here', 'there', 'times'].map((text) => text.padStart(10))];
  return [head, ...lines].map((line) => `${line.join('')}\n`).join('');
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
