import { durationMs } from './duration.ts';

/** How a call is made to suffer. */
export interface Fault {
  readonly delayMs: number;
  /** HTTP status of calls that fail. */
  readonly status: number;
  /** Share of calls that fail, 0 to 1. */
  readonly rate: number;
  /** So many calls of each key fail before one succeeds. */
  readonly failFirst: number;
  /** Whether the readiness probe is told that all is well. */
  readonly ready: boolean;
}

export const noFault: Fault = { delayMs: 0, status: 503, rate: 0, failFirst: 0, ready: true };

/** What a request's query may ask for; readiness belongs to the pod. */
export const requestFields = ['delay', 'status', 'rate', 'failFirst'] as const;
const podFields: readonly string[] = [...requestFields, 'ready'];

/** A fault nobody can mean; the message says what is wrong with which field. */
export class BadFault extends Error {}

/**
 * Reads a fault as people write it: `{ delay: '300ms', status: 500, rate: 0.2, failFirst: 2, ready: false }`, numbers
 * and booleans also as text. A status alone fails every call; with a rate or failFirst it says how those fail.
 *
 * @throws {BadFault} on a field it does not know, or a value outside its range
 */
export function readFault(fields: Readonly<Record<string, unknown>>): Fault {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (!podFields.includes(name)) throw new BadFault(`"${name}" is not one of ${podFields.join(', ')}`);
  }
  const written = new Map(given.map(([name, value]) => [name, text(value)]));
  const everyCall = written.has('status') && !written.has('rate') && !written.has('failFirst');
  const read = <T>(name: string, otherwise: T, parse: (value: string) => T | undefined, range: string): T => {
    const value = written.get(name);
    if (value === undefined) return otherwise;
    const parsed = parse(value);
    if (parsed === undefined) throw new BadFault(`${name} must be ${range}, not "${value}"`);
    return parsed;
  };
  return {
    delayMs: read('delay', noFault.delayMs, durationMs, 'a duration from 0 to 10m such as 300ms or 1.5s'),
    status: read('status', noFault.status, wholeNumber(200, 599), 'a whole number from 200 to 599'),
    rate: read('rate', everyCall ? 1 : noFault.rate, share, 'a number from 0 to 1'),
    failFirst: read('failFirst', noFault.failFirst, wholeNumber(0, 1_000_000), 'a whole number from 0 to 1000000'),
    ready: read('ready', noFault.ready, truth, 'true or false'),
  };
}

/**
 * Decides whether a call fails.
 *
 * @param call which call of its key this is, counted from 1
 * @param random a number in [0, 1), drawn only if a rate has to decide
 * @returns why it fails, in words; undefined if it does not
 */
export function failure(fault: Fault, call: number, random: () => number): string | undefined {
  if (call <= fault.failFirst) return `call ${call} of this key, the first ${fault.failFirst} fail`;
  if (fault.rate === 1) return 'every call fails';
  if (fault.rate > 0 && random() < fault.rate) return `a share of ${fault.rate} fails`;
  return undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function wholeNumber(least: number, most: number): (value: string) => number | undefined {
  return (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;
}

function share(value: string): number | undefined {
  return /^\d*\.?\d+$/.test(value) && Number(value) <= 1 ? Number(value) : undefined;
}

function truth(value: string): boolean | undefined {
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}
