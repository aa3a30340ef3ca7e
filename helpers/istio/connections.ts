import { clustersOf, type Shares, sharesOf, type Target } from './shares.ts';

/** The part of `istioctl proxy-config listeners -o json` that is read here. */
interface ListenerDump {
  readonly filterChains?: readonly FilterChain[];
  readonly defaultFilterChain?: FilterChain;
}

interface FilterChain {
  readonly filters?: readonly { readonly typedConfig?: Target & { readonly '@type'?: string } }[];
}

/**
 * Arguments of istioctl that print the listeners of a workload's proxy for a port: that of the Services which are called,
 * or 15006 for calls of the workload itself.
 */
export function listenersCommand(workload: string, namespace: string, port = 80): string[] {
  return ['proxy-config', 'listeners', `${workload}.${namespace}`, '--port', String(port), '--output', 'json'];
}

/**
 * Shares of connections to a Service whose port is not taken for HTTP, one for each listener that leads there.
 *
 * @param dump what {@link listenersCommand} prints
 * @param service its name and namespace, e.g. `database.shop`
 */
export function connectionsTo(dump: string, service: string): Shares[] {
  return (JSON.parse(dump) as ListenerDump[])
    .flatMap(({ filterChains = [], defaultFilterChain }) => filterChains.concat(defaultFilterChain ?? []))
    .flatMap(({ filters = [] }) => filters.flatMap(({ typedConfig }) => typedConfig ?? []))
    .filter((filter) => filter['@type']?.endsWith('.TcpProxy') === true)
    .filter((filter) => clustersOf(filter).some(({ name }) => name.split('|').at(-1)?.startsWith(`${service}.`)))
    .map(sharesOf);
}
