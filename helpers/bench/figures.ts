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
 * worker, how long it was in its lane, and how much of that it waited for the cluster.
 */
export function exerciseTable(exercises: readonly Counted[], cpu: CpuReading): string {
  const rows = exercises
    .map(({ path, durationMs, waits, namespaces, cost }) => {
      const sum = (by: ReadonlyMap<string, number>) =>
        namespaces.reduce((total, namespace) => total + (by.get(namespace) ?? 0), 0);
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
