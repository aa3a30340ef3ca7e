import type { IncomingHttpHeaders } from 'node:http';

import type { Answer } from './answer.ts';
import type { PodState, Reply } from './control.ts';
import { failure, readFault, requestFields } from './fault.ts';
import { defaultKey } from './hits.ts';
import { callNext, headersToPassOn } from './next-hop.ts';
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

/** Of a call that the database or the next hop failed. */
const badGateway = 502;

/**
 * Counts a call, lets it wait, and fails it or hands it on to the database and the next hop. The call's own fault and
 * the pod's both hold: the longer delay, and whichever fails it, the call's own first.
 *
 * @throws {BadFault} if its query holds a fault nobody can mean; it is not counted then
 */
export async function answerCall(
  call: Call,
  settings: Settings,
  state: PodState,
  around: Surroundings,
): Promise<Reply> {
  const { method, target, query, headers, connection } = call;
  const own = readFault(Object.fromEntries(requestFields.map((name) => [name, query.get(name) ?? undefined])));
  const pods = state.fault;
  const key = query.get('key') ?? defaultKey;
  const hits = state.hits.count(key);
  const { version } = settings;
  const seen: Omit<Answer, 'pod'> = { version, method, path: target, headers, key, hits, connection };

  await pause(Math.max(own.delayMs, pods.delayMs));
  for (const fault of [own, pods]) {
    const why = failure(fault, hits, around.random);
    if (why !== undefined) return { status: fault.status, body: { ...seen, fault: why } };
  }
  const behind = await askBehind(call, settings, around);
  const failed = behind.database?.error !== undefined || (behind.next !== undefined && !succeeded(behind.next.status));
  return { status: failed ? badGateway : 200, body: { ...seen, ...behind } };
}

async function askBehind(
  { headers, gone }: Call,
  { next, propagate }: Settings,
  { askDatabase }: Surroundings,
): Promise<Pick<Answer, 'database' | 'next'>> {
  const marker = headers['x-marker'];
  const passedOn = propagate ? headersToPassOn(headers) : {};
  return {
    ...(askDatabase && { database: await askDatabase(typeof marker === 'string' ? marker : '') }),
    ...(next && { next: await callNext(next, passedOn, gone) }),
  };
}

function succeeded(status: number): boolean {
  return status >= 200 && status < 400;
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
