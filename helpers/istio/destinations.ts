/** Where a proxy sends the calls and connections that its pod makes to one Service: which subset, and how many of them. */

/** Share of each subset in per cent, e.g. `{ v1: 90, v2: 10 }`; '' is the Service as a whole. */
export type Shares = Readonly<Record<string, number>>;

/** One route of a proxy to a Service. */
export interface ProxyRoute {
  /** What a call must be like, in Envoy's words. */
  readonly match: Readonly<Record<string, unknown>>;
  readonly shares: Shares;
}

/** Where a route or a TCP proxy leads, in Envoy's words: one cluster, or several with weights. */
interface Target {
  readonly cluster?: string;
  readonly weightedClusters?: { readonly clusters?: readonly { readonly name: string; readonly weight?: number }[] };
}

/** The part of `istioctl proxy-config routes -o json` that is read here. */
interface RouteDump {
  readonly virtualHosts?: readonly {
    readonly name: string;
    readonly routes?: readonly { readonly match?: ProxyRoute['match']; readonly route?: Target }[];
  }[];
}

/** The part of `istioctl proxy-config listeners -o json` that is read here. */
interface ListenerDump {
  readonly filterChains?: readonly FilterChain[];
  readonly defaultFilterChain?: FilterChain;
}

interface FilterChain {
  readonly filters?: readonly { readonly typedConfig?: Target & { readonly '@type'?: string } }[];
}

/** Arguments of istioctl that print the routes of a workload's proxy for Services on port 80. */
export function routesCommand(workload: string, namespace: string): string[] {
  return ['proxy-config', 'routes', `${workload}.${namespace}`, '--name', '80', '--output', 'json'];
}

/** Arguments of istioctl that print the listeners of a workload's proxy for port 80. */
export function listenersCommand(workload: string, namespace: string): string[] {
  return ['proxy-config', 'listeners', `${workload}.${namespace}`, '--port', '80', '--output', 'json'];
}

/**
 * Routes to a Service, in the order in which the proxy tries them.
 *
 * @param dump what {@link routesCommand} prints
 * @param service its name and namespace, e.g. `backend.shop`
 */
export function routesTo(dump: string, service: string): ProxyRoute[] {
  return (JSON.parse(dump) as RouteDump[])
    .flatMap(({ virtualHosts = [] }) => virtualHosts)
    .filter(({ name }) => name.startsWith(`${service}.`))
    .flatMap(({ routes = [] }) => routes)
    .map(({ match = {}, route = {} }) => ({ match, shares: sharesOf(route) }));
}

/**
 * Shares of connections to a Service whose port is not taken for HTTP, one for each listener that leads there.
 *
 * @param dump what {@link listenersCommand} prints
 */
export function connectionsTo(dump: string, service: string): Shares[] {
  return (JSON.parse(dump) as ListenerDump[])
    .flatMap(({ filterChains = [], defaultFilterChain }) => filterChains.concat(defaultFilterChain ?? []))
    .flatMap(({ filters = [] }) => filters.flatMap(({ typedConfig }) => typedConfig ?? []))
    .filter((filter) => filter['@type']?.endsWith('.TcpProxy') === true)
    .filter((filter) => clustersOf(filter).some(({ name }) => name.split('|').at(-1)?.startsWith(`${service}.`)))
    .map(sharesOf);
}

/** Shares in words, e.g. `90 % for v1 and 10 % for v2`. */
export function tellShares(shares: Shares): string {
  return Object.entries(shares)
    .map(([subset, share]) => `${share} % for ${subset === '' ? 'the Service as a whole' : subset}`)
    .join(' and ');
}

/** The routes to a Service, a line each. */
export function tellRoutes(dump: string, service: string): string {
  return routesTo(dump, service)
    .map(({ match, shares }) => `${JSON.stringify(match)}: ${tellShares(shares)}`)
    .join('\n');
}

function clustersOf({ cluster, weightedClusters }: Target): { readonly name: string; readonly weight?: number }[] {
  return [...(cluster === undefined ? [] : [{ name: cluster, weight: 1 }]), ...(weightedClusters?.clusters ?? [])];
}

function sharesOf(target: Target): Shares {
  const clusters = clustersOf(target);
  const sum = clusters.reduce((total, { weight = 0 }) => total + weight, 0);
  return Object.fromEntries(
    clusters.map(({ name, weight = 0 }) => [name.split('|')[2] ?? '', Math.round((1_000 * weight) / sum) / 10]),
  );
}
