import { durationMs } from './duration.ts';
import { type Fault, readFault } from './fault.ts';

/** What a pod's environment makes of the server. */
export interface Settings {
  readonly port: number;
  readonly pod: string;
  readonly version: string;
  /** Called once for each call; undefined at the end of a chain. */
  readonly next: URL | undefined;
  /** Whether tracing headers and the marker go on to the next hop. */
  readonly propagate: boolean;
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
  const port = Number(set('PORT') ?? 80);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is no port: ${set('PORT')}`);
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
    pod: set('POD') ?? set('HOSTNAME') ?? 'unnamed',
    version: set('VERSION') ?? 'v1',
    next,
    propagate: set('PROPAGATE') !== 'false',
    databaseUrl,
    drainMs,
    fault: environmentFault(set),
  };
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
