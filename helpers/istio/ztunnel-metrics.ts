/** What ztunnel has counted, in the format of Prometheus. https://istio.io/latest/docs/reference/config/metrics/ */

/** Connections that ztunnel has `opened`, or that have `failed`. */
export type ConnectionCounter = 'opened' | 'failed';

/** Arguments of kubectl: asks a ztunnel, through the API server, for all that it has counted. */
export function ztunnelMetricsCommand(ztunnel: string): string[] {
  return ['get', '--raw', `/api/v1/namespaces/istio-system/pods/${ztunnel}:15020/proxy/metrics`];
}

/**
 * How many connections with all of these labels were counted, e.g. `{ reporter: 'source', source_workload: 'frontend' }`.
 *
 * @throws if the text holds no counters at all: that is no count of 0
 */
export function connectionsCounted(
  metrics: string,
  counter: ConnectionCounter,
  labels: Readonly<Record<string, string>>,
): number {
  if (!/^# TYPE \w+ counter$/m.test(metrics))
    throw new Error('what was read holds no counters, so nothing was counted');
  const series = metrics.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm);
  return Array.from(series, ([, name, within = '', value]) => ({ name, own: labelsIn(within), value: Number(value) }))
    .filter(({ name }) => name === `istio_tcp_connections_${counter}_total`)
    .filter(({ own }) => Object.entries(labels).every(([name, value]) => own.get(name) === value))
    .reduce((sum, { value }) => sum + value, 0);
}

/** The labels of one series, as they stand between its braces. */
function labelsIn(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, name = '', value = '']) => [name, value]));
}
