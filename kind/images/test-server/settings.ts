import { durationMs } from './duration.ts';
import { type Fault, readFault } from './fault.ts';
import type { Propagation } from './next-hop.ts';

/** What a pod's environment makes of the server. */
export interface Settings {
  readonly port: number;
  /** Files of certificate and key, PEM; HTTPS is then on `port`, or on a port of its own beside it. */
  readonly tls: { readonly cert: string; readonly key: string; readonly port: number | undefined } | undefined;
  readonly pod: string;
  readonly version: string;
  /** Called once for each call; undefined at the end of a chain. */
  readonly next: URL | undefined;
  /** Which tracing headers go on to the next hop, unless a call says otherwise; with none, the marker does not either. */
  readonly propagate: Propagation;
  readonly databaseUrl: string | undefined;
  /** How long new calls are still taken after SIGTERM. */
  readonly drainMs: number;
  /** In force from the start until it is replaced or cleared. */
  readonly fault: Fault;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment; a variable that is empty counts as not set. @throws Error that names what cannot be meant */
export function readSettings(environment: Environment): Settings {
  const set = (name: string) => environment[name] || undefined;
  const port = readPort('PORT', set('PORT') ?? '80');
  const drainMs = durationMs(set('DRAIN') ?? '2s');
  if (drainMs === undefined) throw new Error(`DRAIN is no duration from 0 to 10m: ${set('DRAIN')}`);
  const next = set('NEXT') === undefined ? undefined : URL.parse(set('NEXT') ?? '');
  // Encryption between hops is what the mesh is there for.
  if (next === null || (next !== undefined && next.protocol !== 'http:')) {
    throw new Error(`NEXT is no http:// address: ${set('NEXT')}`);
  }
  // The address may hold a password, so it is not repeated.
  const databaseUrl = set('DATABASE_URL');
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new Error('DATABASE_URL is no postgres:// address');
  }
  return {
    port,
    tls: readTls(set),
    pod: set('POD') ?? set('HOSTNAME') ?? 'unnamed',
    version: set('VERSION') ?? 'v1',
    next,
    propagate: set('PROPAGATE') === 'false' ? 'none' : 'all',
    databaseUrl,
    drainMs,
    fault: environmentFault(set),
  };
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is no port: ${text}`);
  return port;
}

function readTls(set: (name: string) => string | undefined): Settings['tls'] {
  const [cert, key, port] = [set('TLS_CERT'), set('TLS_KEY'), set('TLS_PORT')];
  if ((cert === undefined) !== (key === undefined)) throw new Error('TLS_CERT and TLS_KEY go together');
  if (cert === undefined || key === undefined) {
    if (port !== undefined) throw new Error('TLS_PORT needs TLS_CERT and TLS_KEY');
    return undefined;
  }
  return { cert, key, port: port === undefined ? undefined : readPort('TLS_PORT', port) };
}

function environmentFault(set: (name: string) => string | undefined): Fault {
  try {
    return readFault({
      delay: set('DELAY'),
      status: set('FAIL_STATUS'),
      rate: set('FAIL_RATE'),
      failFirst: set('FAIL_FIRST'),
      ready: set('READY'),
    });
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`DELAY, FAIL_STATUS, FAIL_RATE, FAIL_FIRST and READY make no fault: ${reason}`, { cause: error });
  }
}
