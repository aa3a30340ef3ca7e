import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Breach } from './call.ts';

/** One line of the access log: what this pod saw of a call. */
export interface AccessLine {
  readonly time: string;
  /** Address of the other end of the connection; 127.0.0.6 if that is the pod's own sidecar. */
  readonly client: string;
  readonly connection: number;
  readonly method: string;
  readonly path: string;
  /** The name that was asked for. */
  readonly host: string;
  /** 0 if the server ended the call without an answer. */
  readonly status: number;
  readonly marker?: string;
  readonly durationMs: number;
  /** There if the caller went before the answer was complete. */
  readonly abandoned?: true;
  /** There if the server ended the call without an answer, and how. */
  readonly ended?: Breach;
}

/**
 * Calls `log` once, when the answer has been sent or the caller has gone. What is returned is to be called just before
 * the answer is sent, or the connection ended instead: a call has ended then, whenever the server next gets a processor
 * to see that it was.
 */
export function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  connection: number,
  log: (line: AccessLine) => void,
): (ended?: Breach) => void {
  const started = performance.now();
  const client = plainAddress(request.socket.remoteAddress ?? '');
  const marker = request.headers['x-marker'];
  const now = () => ({ time: new Date().toISOString(), durationMs: Math.round(performance.now() - started) });
  let answered: (ReturnType<typeof now> & { readonly ended?: Breach }) | undefined;
  response.once('close', () => {
    const { ended } = answered ?? {};
    const abandoned = ended === undefined && !response.writableFinished;
    const { time, durationMs } = (abandoned ? undefined : answered) ?? now();
    log({
      time,
      client,
      connection,
      method: request.method ?? '',
      path: request.url ?? '',
      host: request.headers.host ?? '',
      status: ended === undefined ? response.statusCode : 0,
      ...(typeof marker === 'string' ? { marker } : {}),
      durationMs,
      ...(abandoned ? { abandoned } : {}),
      ...(ended === undefined ? {} : { ended }),
    });
  });
  return (ended) => {
    answered = { ...now(), ...(ended === undefined ? {} : { ended }) };
  };
}

/** A socket that listens on both families shows IPv4 callers as `::ffff:10.244.0.5`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}
