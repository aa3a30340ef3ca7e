import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import { answerCall, type Breach } from './call.ts';
import { Connections } from './connections.ts';
import { control, type PodState, type Reply } from './control.ts';
import { BadFault } from './fault.ts';
import { Hits } from './hits.ts';
import { Inbox } from './inbox.ts';
import { logWhenDone } from './log.ts';
import type { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** Certificate and key of a server that speaks HTTPS, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Protocols that a server of HTTPS agrees to inside TLS. Proxies of Istio offer `istio` for HTTP/1.1 between each other, and
 * Node ends a handshake in which nothing is agreed.
 */
const protocols = ['http/1.1', 'istio'];

/** Makes the server of one pod, for HTTP; it does not listen yet. */
export function createTestServer(settings: Settings, around: Surroundings): Server {
  return createTestServers(settings, around)();
}

/** Makes servers of one pod, which count and fail as one: each for HTTP, or for HTTPS where it gets a certificate. */
export function createTestServers(settings: Settings, around: Surroundings): (pair?: KeyPair) => Server {
  const state: PodState = { fault: settings.fault, hits: new Hits(), inbox: new Inbox() };
  const connections = new Connections();

  async function reply(request: IncomingMessage, response: ServerResponse, connection: number) {
    const target = request.url ?? '/';
    const [path = ''] = target.split('?', 1);
    const query = new URLSearchParams(target.slice(path.length));
    const controlled = await control(state, request, path, query);
    if (controlled !== undefined) return controlled;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { method = '', headers } = request;
    return answerCall({ method, target, query, headers, connection, gone: gone.signal }, settings, state, around);
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.numberOf(request.socket);
    const answering = logWhenDone(request, response, connection, around.log);
    const send = ({ status, body }: Reply) => {
      if (around.isDraining()) response.setHeader('connection', 'close');
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      answering();
      response.end(`${JSON.stringify({ pod: settings.pod, ...body })}\n`);
      // A body that nobody read would stand in the way of the connection's next call.
      request.resume();
    };
    const breakOff = (how: Breach) => {
      // A caller that is still sending would see its own write fail, and not that there is no answer.
      request.resume().once('end', () => {
        answering(how);
        if (how === 'garbage') request.socket.write('NOT HTTP\r\n');
        request.socket.destroySoon();
      });
    };
    reply(request, response, connection).then(
      (ending) => (typeof ending === 'string' ? breakOff(ending) : send(ending)),
      (error: Error) => send({ status: error instanceof BadFault ? 400 : 500, body: { error: error.message } }),
    );
  };
  return (pair) => {
    const server =
      pair === undefined ? createServer(listener) : createTlsServer({ ...pair, ALPNProtocols: protocols }, listener);
    // Callers end idle connections. Envoy keeps them for an hour, and one that is cut as it is used again loses a call.
    server.keepAliveTimeout = 0;
    return server;
  };
}
