/** What ztunnel has counted, in the format of Prometheus. https://istio.io/latest/docs/reference/config/metrics/ */

/** Connections that ztunnel has `opened`, or that have `failed`. */
export type ConnectionCounter = 'opened' | 'failed';

/** Arguments of kubectl: asks a ztunnel, through the API server, for all that it has counted. */
export function ztunnelMetricsCommand(ztunnel: string): string[] {
  return ['get', '--raw', `/api/v1/namespaces/istio-system/pods/${ztunnel}:15020/proxy/metrics`];
}

/** How many connections with all of these labels were counted, e.g. `{ reporter: 'source', source_workload: 'frontend' }`. */
export function connectionsCounted(
  metrics: string,
  counter: ConnectionCounter,
  labels: Readonly<Record<string, string>>,
): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`istio_tcp_connections_${counter}_total{`))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
