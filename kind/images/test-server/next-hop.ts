import { type IncomingHttpHeaders, request } from 'node:http';
import { json, text } from 'node:stream/consumers';

/** What the next hop of a chain came back with. */
export interface NextAnswer {
  readonly url: string;
  /** 0 if no answer came. */
  readonly status: number;
  /** JSON as it came; of anything else the beginning, as text. */
  readonly body?: unknown;
  readonly error?: string;
}

/** Of a page that is not JSON, so much is shown. */
const shownCharacters = 200;

/**
 * Headers that hold one trace together, which a proxy cannot carry through an application, and the course's marker. Those
 * of the W3C and those of B3 are the two languages in which tracers tell each other what a call belongs to; Envoy besides
 * keeps in x-request-id whether a call is traced.
 * https://istio.io/latest/docs/tasks/observability/distributed-tracing/overview/
 */
const passedOn = {
  none: /^$/,
  w3c: /^(x-marker|traceparent|tracestate|baggage)$/,
  b3: /^(x-marker|b3|x-b3-.+)$/,
  all: /^(x-marker|x-request-id|traceparent|tracestate|baggage|b3|x-b3-.+|x-ot-span-context)$/,
} as const;

/** Which of those headers go on to the next hop. */
export type Propagation = keyof typeof passedOn;

/** Reads the name of a propagation; undefined if it is none. */
export function propagationOf(name: string): Propagation | undefined {
  return Object.hasOwn(passedOn, name) ? (name as Propagation) : undefined;
}

/** Picks from a call's headers those that go on to the next hop. */
export function headersToPassOn(headers: IncomingHttpHeaders, propagation: Propagation = 'all'): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => passedOn[propagation].test(name)));
}

/**
 * Calls the next hop by GET, on a connection of its own: one that is kept would stay with one pod, and outlive a policy.
 * Never rejects; a hop that cannot be reached is an answer with an error.
 *
 * @param signal gives the call up, e.g. because the caller has gone
 */
export async function callNext(url: URL, headers: IncomingHttpHeaders, signal: AbortSignal): Promise<NextAnswer> {
  const { promise, resolve } = Promise.withResolvers<NextAnswer>();
  const failed = (error: NodeJS.ErrnoException) =>
    resolve({ url: url.href, status: 0, error: error.message || (error.code ?? error.name) });
  request(url, { agent: false, headers, signal }, (response) => {
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    const body = isJson ? json(response) : text(response).then((page) => page.slice(0, shownCharacters));
    body.then((content) => resolve({ url: url.href, status: response.statusCode ?? 0, body: content }), failed);
  })
    .on('error', failed)
    .end();
  return promise;
}
