/** How often a proxy repeats a failed call, as its own routes say. */

/** The part of `istioctl proxy-config routes -o json` that is read here. */
interface RouteDump {
  readonly virtualHosts?: readonly {
    readonly name: string;
    readonly routes?: readonly { readonly route?: { readonly retryPolicy?: { readonly numRetries?: number } } }[];
  }[];
}

/**
 * Retries of each route to a Service, in the order in which routes are tried; 0 for a route without any.
 *
 * @param dump what `istioctl proxy-config routes -o json` prints
 * @param service beginning of its full name, e.g. `orders.shop.`
 */
export function retriesOf(dump: string, service: string): number[] {
  return (JSON.parse(dump) as RouteDump[])
    .flatMap(({ virtualHosts = [] }) => virtualHosts)
    .filter(({ name }) => name.startsWith(service))
    .flatMap(({ routes = [] }) => routes)
    .map(({ route }) => route?.retryPolicy?.numRetries ?? 0);
}
