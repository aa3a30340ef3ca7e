import type { Struck } from './fault.ts';
import { faults } from './faults.ts';

/** The fault of this run, if it has one: FAULT=dns-down. */
const wanted = process.env['FAULT'];
/** Of which lesson it is known what became of the fault: a process runs several, one after another. */
let lesson = '';
let tried = false;
let struck: Struck = 'not yet';

/** Begins a lesson, by its path: nothing is broken in it yet. A fault of the cluster was mended before. */
export function beginLesson(path: string): void {
  if (path === lesson) return;
  lesson = path;
  tried = false;
  struck = 'not yet';
}

/** True in a run that breaks something on purpose. */
export const faultIsMeant = wanted !== undefined && wanted !== '';

/** Breaks what this run is to break, the first time that a lesson asks. */
export async function strikeOnce(namespaces: readonly string[]): Promise<void> {
  const fault = faults.find(({ name }) => name === wanted);
  if (fault === undefined || tried) return;
  tried = true;
  struck = (await fault.strike(namespaces)) ?? 'broken';
}

/** Whether it is broken by now: what a lesson did before, or while breaking it failed, says nothing about the fault. */
export function whatStruck(): Struck {
  return struck;
}
