import { query, type Sample } from './prometheus.ts';

/** A workload as the metrics name it; with upstream's Envoy that is its service account. */
export interface Workload {
  readonly name: string;
  /** Empty for a caller without a certificate. */
  readonly namespace: string;
}

/** All requests of one workload to another. */
export interface Edge {
  readonly from: Workload;
  readonly to: Workload;
  /** Requests a second over the window asked for. */
  readonly perSecond: number;
  /** Share of them answered with 4xx or 5xx, 0 to 1. */
  readonly errorShare: number;
  /** True if all of them came over mutual TLS. */
  readonly mutualTls: boolean;
}

/** The query that the graph is made of, for a window such as `1m` and, if named, one namespace of the called. */
export function graphQuery(window: string, namespace?: string): string {
  const where = namespace === undefined ? '' : `,destination_workload_namespace="${namespace}"`;
  const by =
    'source_workload,source_workload_namespace,destination_workload,destination_workload_namespace,response_code,connection_security_policy';
  return `sum by (${by}) (rate(istio_requests_total{reporter="destination"${where}}[${window}])) > 0`;
}

/** Who calls whom now, as the called sides have counted it. */
export async function serviceGraph(window: string, namespace?: string): Promise<Edge[]> {
  return edgesOf(await query(graphQuery(window, namespace)));
}

/** Puts the samples of that query together, an edge for each pair of workloads, the busiest first. */
export function edgesOf(samples: readonly Sample[]): Edge[] {
  const from = ({ labels }: Sample): Workload => ({
    name: labels['source_workload'] ?? 'unknown',
    namespace: labels['source_workload_namespace'] ?? '',
  });
  const to = ({ labels }: Sample): Workload => ({
    name: labels['destination_workload'] ?? 'unknown',
    namespace: labels['destination_workload_namespace'] ?? '',
  });
  const pairs = Map.groupBy(samples, (sample) => JSON.stringify([from(sample), to(sample)]));
  const edges = [...pairs.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const rate = (some: readonly Sample[]) => some.reduce((sum, { value }) => sum + value, 0);
    const perSecond = rate(alike);
    const failed = rate(alike.filter(({ labels }) => /^[45]/.test(labels['response_code'] ?? '')));
    const mutualTls = alike.every(({ labels }) => labels['connection_security_policy'] === 'mutual_tls');
    return [{ from: from(first), to: to(first), perSecond, errorShare: failed / perSecond, mutualTls }];
  });
  return edges.toSorted((a, b) => b.perSecond - a.perSecond);
}
