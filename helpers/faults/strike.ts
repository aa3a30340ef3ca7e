import type { Struck } from './fault.ts';
import { faults } from './faults.ts';

/** The fault of this run, if it has one: FAULT=dns-down. */
const wanted = process.env['FAULT'];
let tried = false;
let struck: Struck = 'not yet';

/** True in a run that breaks something on purpose. */
export const faultIsMeant = wanted !== undefined && wanted !== '';

/** Breaks what this run is to break, the first time it is asked. */
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
