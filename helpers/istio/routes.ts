/** The routes of a proxy to one Service. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto */
import { clustersOf, type Shares, sharesOf, type Target, tellShares } from './shares.ts';

/** How a route repeats a failed call, in Envoy's words. */
export interface RetryPolicy {
  readonly numRetries?: number;
  readonly retryOn: string;
  readonly retriableStatusCodes?: readonly number[];
  readonly perTryTimeout?: string;
}

/** Where a route copies calls to, and how many of them, in Envoy's words. */
export interface Mirror {
  readonly cluster: string;
  readonly runtimeFraction?: { readonly defaultValue: { readonly numerator?: number; readonly denominator?: string } };
}

/** What a route answers in place of the Service, in Envoy's words. */
export interface Abort {
  readonly httpStatus?: number;
  readonly percentage?: object;
}

/** One route of a proxy. */
export interface ProxyRoute {
  /** What a call must be like, in Envoy's words. */
  readonly match: Readonly<Record<string, unknown>>;
  /** Envoy's names of what it leads to, e.g. `outbound|80|v1|backend.shop.svc.cluster.local`. */
  readonly clusters: readonly string[];
  readonly shares: Shares;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly mirrors: readonly Mirror[];
  /** Of the fault that is injected into it. */
  readonly abort: Abort | undefined;
}

/** The part of `istioctl proxy-config routes -o json` that is read here. */
interface RouteDump {
  readonly virtualHosts?: readonly { readonly name: string; readonly routes?: readonly EnvoyRoute[] }[];
}

interface EnvoyRoute {
  readonly match?: ProxyRoute['match'];
  readonly route?: Target & { readonly retryPolicy?: RetryPolicy; readonly requestMirrorPolicies?: readonly Mirror[] };
  readonly typedPerFilterConfig?: Readonly<Record<string, { readonly abort?: Abort }>>;
}

/** Arguments of istioctl that print the routes of a workload's proxy for Services on port 80. */
export function routesCommand(workload: string, namespace: string): string[] {
  return ['proxy-config', 'routes', `${workload}.${namespace}`, '--name', '80', '--output', 'json'];
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
    .map(({ match = {}, route = {}, typedPerFilterConfig = {} }) => ({
      match,
      clusters: clustersOf(route).map(({ name }) => name),
      shares: sharesOf(route),
      retryPolicy: route.retryPolicy,
      mirrors: route.requestMirrorPolicies ?? [],
      abort: Object.values(typedPerFilterConfig).find(({ abort }) => abort !== undefined)?.abort,
    }));
}

/** How often each route to a Service repeats a failed call, e.g. `0,3`; 0 stands for a route that never does. */
export function tellRetries(dump: string, service: string): string {
  return routesTo(dump, service)
    .map(({ retryPolicy }) => retryPolicy?.numRetries ?? 0)
    .join();
}

/** What each route to a Service leads to, in words, e.g. `100 % for v2, then 90 % for v1 and 10 % for v2`. */
export function tellSharesByRoute(dump: string, service: string): string {
  return routesTo(dump, service)
    .map(({ shares }) => tellShares(shares))
    .join(', then ');
}

/** The routes to a Service, a line each. */
export function tellRoutes(dump: string, service: string): string {
  return routesTo(dump, service)
    .map(({ match, shares }) => `${JSON.stringify(match)}: ${tellShares(shares)}`)
    .join('\n');
}
