import type { IncomingMessage, ServerResponse } from 'node:http';

/** One line of the access log: what this pod saw of a call. */
export interface AccessLine {
  readonly time: string;
  /** Address of the other end of the connection; 127.0.0.6 if that is the pod's own sidecar. */
  readonly client: string;
  readonly connection: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly marker?: string;
  readonly durationMs: number;
  /** There if the caller went before the answer was complete. */
  readonly abandoned?: true;
}

/** Calls `log` once, when the answer has been sent or the caller has gone. */
export function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  connection: number,
  log: (line: AccessLine) => void,
): void {
  const started = performance.now();
  const client = plainAddress(request.socket.remoteAddress ?? '');
  const marker = request.headers['x-marker'];
  response.once('close', () =>
    log({
      time: new Date().toISOString(),
      client,
      connection,
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.statusCode,
      ...(typeof marker === 'string' ? { marker } : {}),
      durationMs: Math.round(performance.now() - started),
      ...(response.writableFinished ? {} : { abandoned: true }),
    }),
  );
}

/** A socket that listens on both families shows IPv4 callers as `::ffff:10.244.0.5`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}
