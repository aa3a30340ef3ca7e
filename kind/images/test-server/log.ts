import type { IncomingMessage, ServerResponse } from 'node:http';

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
  readonly status: number;
  readonly marker?: string;
  readonly durationMs: number;
  /** There if the caller went before the answer was complete. */
  readonly abandoned?: true;
}

/**
 * Calls `log` once, when the answer has been sent or the caller has gone. What is returned is to be called just before
 * the answer is sent: a call has ended then, whenever the server next gets a processor to see that it was.
 */
export function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  connection: number,
  log: (line: AccessLine) => void,
): () => void {
  const started = performance.now();
  const client = plainAddress(request.socket.remoteAddress ?? '');
  const marker = request.headers['x-marker'];
  const now = () => ({ time: new Date().toISOString(), durationMs: Math.round(performance.now() - started) });
  let answered: ReturnType<typeof now> | undefined;
  response.once('close', () => {
    const abandoned = !response.writableFinished;
    const { time, durationMs } = (abandoned ? undefined : answered) ?? now();
    log({
      time,
      client,
      connection,
      method: request.method ?? '',
      path: request.url ?? '',
      host: request.headers.host ?? '',
      status: response.statusCode,
      ...(typeof marker === 'string' ? { marker } : {}),
      durationMs,
      ...(abandoned ? { abandoned } : {}),
    });
  });
  return () => {
    answered = now();
  };
}

/** A socket that listens on both families shows IPv4 callers as `::ffff:10.244.0.5`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}
