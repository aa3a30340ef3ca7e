import type { IncomingHttpHeaders } from 'node:http';

import type { Answer } from './answer.ts';
import type { PodState, Reply } from './control.ts';
import { BadFault, failure, readFault, requestFields } from './fault.ts';
import { defaultKey } from './hits.ts';
import { callNext, headersToPassOn, type Propagation, propagationOf } from './next-hop.ts';
import type { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** A call as it came in. */
export interface Call {
  readonly method: string;
  /** As asked for, with its query. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly connection: number;
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
}

/** How a call ends that gets no answer: its connection is closed, or closed after some bytes that are no HTTP. */
export type Breach = 'cut' | 'garbage';

/** Of a call that the database or the next hop failed. */
const badGateway = 502;

/**
 * Counts a call, lets it wait, and fails it or hands it on to the database and the next hop. The call's own fault and
 * the pod's both hold: the longer delay, and whichever fails it, the call's own first. A call that asks for it gets no answer at all; then
 * nothing else fails it.
 *
 * @throws {BadFault} if its query holds what nobody can mean; it is not counted then
 */
export async function answerCall(
  call: Call,
  settings: Settings,
  state: PodState,
  around: Surroundings,
): Promise<Reply | Breach> {
  const { method, target, query, headers, connection } = call;
  const own = readFault(Object.fromEntries(requestFields.map((name) => [name, query.get(name) ?? undefined])));
  const breach = breachOf(query);
  const propagation = readPropagation(query) ?? settings.propagate;
  const pods = state.fault;
  const key = query.get('key') ?? defaultKey;
  const hits = state.hits.count(key);
  const { version } = settings;
  const seen: Omit<Answer, 'pod'> = { version, method, path: target, headers, key, hits, connection };

  await pause(Math.max(own.delayMs, pods.delayMs));
  if (breach !== undefined) return breach;
  for (const fault of [own, pods]) {
    const why = failure(fault, hits, around.random);
    if (why !== undefined) return { status: fault.status, body: { ...seen, fault: why } };
  }
  const behind = await askBehind(call, settings.next, propagation, around);
  const failed = behind.database?.error !== undefined || (behind.next !== undefined && !succeeded(behind.next.status));
  return { status: failed ? badGateway : 200, body: { ...seen, ...behind } };
}

async function askBehind(
  { headers, gone }: Call,
  next: Settings['next'],
  propagation: Propagation,
  { askDatabase }: Surroundings,
): Promise<Pick<Answer, 'database' | 'next'>> {
  const marker = headers['x-marker'];
  const passedOn = headersToPassOn(headers, propagation);
  return {
    ...(askDatabase && { database: await askDatabase(typeof marker === 'string' ? marker : '') }),
    ...(next && { next: await callNext(next, passedOn, gone) }),
  };
}

function breachOf(query: URLSearchParams): Breach | undefined {
  const asked = (['cut', 'garbage'] as const).filter((name) => query.has(name));
  const other = asked.find((name) => query.get(name) !== '1');
  if (other !== undefined) throw new BadFault(`${other} must be 1, not "${query.get(other)}"`);
  if (asked.length > 1) throw new BadFault('a call ends by cut or by garbage, not by both');
  return asked[0];
}

function readPropagation(query: URLSearchParams): Propagation | undefined {
  const text = query.get('propagate');
  if (text === null) return undefined;
  const propagation = propagationOf(text);
  if (propagation === undefined) throw new BadFault(`propagate must be none, w3c, b3 or all, not "${text}"`);
  return propagation;
}

function succeeded(status: number): boolean {
  return status >= 200 && status < 400;
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
