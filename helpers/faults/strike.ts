import { faults } from './faults.ts';

/** The fault of this run, if it has one: FAULT=dns-down. */
const wanted = process.env['FAULT'];
let struck = false;

/** True in a run that breaks something on purpose. */
export const faultIsMeant = wanted !== undefined && wanted !== '';

/** Breaks what this run is to break, the first time it is asked. */
export async function strikeOnce(namespaces: readonly string[]): Promise<void> {
  if (!faultIsMeant || struck) return;
  struck = true;
  await faults.find(({ name }) => name === wanted)?.strike(namespaces);
}
