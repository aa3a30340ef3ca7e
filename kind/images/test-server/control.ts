import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { BadFault, type Fault, noFault, readFault } from './fault.ts';
import type { Hits } from './hits.ts';
import type { Inbox } from './inbox.ts';

/** What the control paths read and change. */
export interface PodState {
  fault: Fault;
  readonly hits: Hits;
  readonly inbox: Inbox;
}

/** Status and body of an answer, before the pod's name is put in front. */
export interface Reply {
  readonly status: number;
  readonly body: object;
}

type Handler = (state: PodState, request: IncomingMessage, query: URLSearchParams) => Reply | Promise<Reply>;

/** Paths that never fail, wait or count, so that a broken pod can still be asked and healed. */
const handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/healthz': {
    GET: ({ fault: { ready } }) => ({ status: ready ? 200 : 503, body: { ready } }),
  },
  '/hits': {
    GET: ({ hits }, _request, query) => {
      const key = query.get('key');
      return ok(key === null ? { hits: hits.all() } : { key, hits: hits.of(key) });
    },
    DELETE: ({ hits }) => {
      hits.clear();
      return ok({ hits: {} });
    },
  },
  '/inbox': {
    GET: ({ inbox }) => ok({ inbox: inbox.all() }),
    POST: async ({ inbox }, request) => {
      inbox.take(readJson(await text(request)));
      return ok({ inbox: inbox.all().length });
    },
    DELETE: ({ inbox }) => {
      inbox.clear();
      return ok({ inbox: [] });
    },
  },
  '/fault': {
    GET: ({ fault }) => ok({ fault }),
    POST: async (state, request) => {
      state.fault = readFault(readObject(await text(request)));
      return ok({ fault: state.fault });
    },
    DELETE: (state) => {
      state.fault = noFault;
      return ok({ fault: state.fault });
    },
  },
};

/** Answers a control path; undefined if the path is none. @throws {BadFault} on a body nobody can mean */
export async function control(
  state: PodState,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<Reply | undefined> {
  const methods = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  if (methods === undefined) return undefined;
  const method = request.method ?? '';
  // As everywhere in HTTP, HEAD is GET without its body.
  const handler = methods[method === 'HEAD' ? 'GET' : method];
  if (handler !== undefined) return handler(state, request, query);
  return { status: 405, body: { error: `${path} knows ${Object.keys(methods).join(', ')}` } };
}

function ok(body: object): Reply {
  return { status: 200, body };
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new BadFault('the body is no JSON');
  }
}

function readObject(json: string): Record<string, unknown> {
  const value = readJson(json);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadFault('the body is no JSON object');
}
