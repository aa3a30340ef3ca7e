import type { V1NetworkPolicyPort } from '@kubernetes/client-node';

import type { Endpoint } from './endpoints.ts';
import { merged, type Range } from './ranges.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** Ports of a rule at the destination; undefined stands for every port of every protocol. */
export interface Ports {
  readonly numbered: ReadonlyMap<Protocol, readonly Range[] | 'all'>;
  /** What pods call by that name, each pod maybe another number; undefined if the rule names no port. */
  readonly named: readonly NamedPort[] | undefined;
}

/** A named port of one destination pod. */
export interface NamedPort {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
  readonly port: number;
}

/**
 * Resolves a list of ports, whose members add up. A list that is missing or empty is every port.
 *
 * @param destinations pods that traffic of this rule may go to
 */
export function resolvePorts(
  list: readonly V1NetworkPolicyPort[] | undefined,
  destinations: readonly Endpoint[],
): Ports | undefined {
  if (list === undefined || list.length === 0) return undefined;
  const numbered = new Map<Protocol, readonly Range[] | 'all'>();
  let named: NamedPort[] | undefined;
  for (const { protocol: api, port, endPort } of list) {
    const protocol = protocolOf(api);
    if (typeof port === 'string') {
      named = [...(named ?? []), ...portsCalled(port, protocol, destinations)];
      continue;
    }
    const before = numbered.get(protocol) ?? [];
    // A protocol without a port is every port of it.
    const whole = before === 'all' || port === undefined || port === null;
    numbered.set(protocol, whole ? 'all' : merged([...before, [port, endPort ?? port]]));
  }
  return { numbered, named };
}

function portsCalled(name: string, protocol: Protocol, destinations: readonly Endpoint[]): NamedPort[] {
  return destinations.flatMap((endpoint) =>
    endpoint.ports
      .filter((port) => port.name === name && protocolOf(port.protocol) === protocol)
      .map(({ containerPort }) => ({ endpoint, protocol, port: containerPort })),
  );
}

/** TCP is the default, of rules as of container ports. */
function protocolOf(protocol = 'TCP'): Protocol {
  if (protocol === 'UDP') return 'udp';
  return protocol === 'SCTP' ? 'sctp' : 'tcp';
}
