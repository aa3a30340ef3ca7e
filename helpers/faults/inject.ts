import type { RunMode } from '../record/run-mode.ts';
import type { Fault, FaultState } from './fault.ts';
import { faults } from './faults.ts';

/** Of which lesson it is known what became of the fault: a process runs several, one after another. */
let lesson = '';
let tried = false;
let state: FaultState = 'not yet';

/** Begins a lesson, by its path: nothing is broken in it yet. A fault of the cluster was restored before. */
export function beginLesson(path: string): void {
  if (path === lesson) return;
  lesson = path;
  tried = false;
  state = 'not yet';
}

/** The fault of a run; undefined if nothing is to be broken in it. */
export function faultOf(mode: RunMode): Fault | undefined {
  return mode.kind === 'fault' ? faults.find(({ name }) => name === mode.fault) : undefined;
}

/** Breaks what this run is to break, the first time that a lesson asks. */
export async function injectOnce(fault: Fault, namespaces: readonly string[]): Promise<void> {
  if (tried) return;
  tried = true;
  state = (await fault.inject(namespaces)) ?? 'broken';
}

/** Whether it is broken by now: what a lesson did before, or while breaking it failed, says nothing about the fault. */
export function faultState(): FaultState {
  return state;
}
