import { readSamples, type Sample } from '../istio/prometheus.ts';
/** What a Prometheus of the cluster has counted, asked through the API server's proxy of its Service. */
import { type Edge, edgesOf } from '../istio/service-graph.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { type GetOnly, NoRequestLeft } from './get-only.ts';
import type { Collected } from './objects.ts';

/** A port of a Service at which Prometheus answers. */
export interface PrometheusPlace {
  readonly namespace: string;
  readonly service: string;
  /** Name or number. */
  readonly port: string;
}

/** What was asked of Prometheus; `gap` says why nothing came of it. */
export interface Counted {
  readonly edges: readonly Edge[];
  /** Scrape targets that answer, and all of them. */
  readonly targets: { readonly up: number; readonly all: number } | undefined;
  readonly gap?: string;
}

/** The time over which calls are counted. */
export const window = '1h';

/** A Service that is called prometheus, or labelled so. */
export function findPrometheus({ services }: Collected): PrometheusPlace | undefined {
  const found = services.items.find(
    ({ metadata = {}, spec }) =>
      spec?.ports !== undefined &&
      [metadata.name, metadata.labels?.['app.kubernetes.io/name'], metadata.labels?.['app']].includes('prometheus'),
  );
  if (found === undefined) return undefined;
  const ports = found.spec?.ports ?? [];
  const port = ports.find((each) => each.port === 9090 || /^(http|web)/.test(each.name ?? '')) ?? ports[0];
  const { namespace = '', name: service = '' } = found.metadata ?? {};
  return { namespace, service, port: port?.name ?? String(port?.port ?? 9090) };
}

const by =
  'reporter,source_workload,source_workload_namespace,destination_workload,destination_workload_namespace,response_code,connection_security_policy';
/** Requests as the called sides have counted them, or the waypoints before them. Of TCP there is no such counter. */
const requests = `sum by (${by}) (rate(istio_requests_total{reporter=~"destination|waypoint"}[${window}])) > 0`;

/** A sample as it is to be understood: a waypoint is reached by mutual TLS, whatever it says of the connection. */
function understood({ labels, value }: Sample): Sample {
  if (labels['reporter'] !== 'waypoint') return { labels, value };
  return { labels: { ...labels, connection_security_policy: 'mutual_tls' }, value };
}

/** Asks for the calls of the last hour, and for the targets. */
export async function count(api: GetOnly, place: PrometheusPlace): Promise<Counted> {
  const ask = async (promql: string) => {
    const { namespace, service, port } = place;
    const proxy = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy`;
    return api.request('GET', `${proxy}/api/v1/query?query=${encodeURIComponent(promql)}`);
  };
  const nothing = { edges: [], targets: undefined };
  try {
    const graph = await ask(requests);
    if (graph.status === 403) return { ...nothing, gap: 'not allowed to look' };
    if (graph.status !== 200) return { ...nothing, gap: `it answered ${graph.status}` };
    const all = await ask('count(up)');
    const alive = await ask('count(up == 1)');
    const number = ({ status, body }: { status: number; body: string }) =>
      status === 200 ? (readSamples({ stdout: body })[0]?.value ?? 0) : 0;
    const edges = edgesOf(readSamples({ stdout: graph.body }).map(understood));
    return { edges, targets: { up: number(alive), all: number(all) } };
  } catch (error) {
    if (error instanceof EnvironmentProblem)
      return { ...nothing, gap: 'it did not answer, or does not know this user' };
    if (error instanceof NoRequestLeft) return { ...nothing, gap: error.message };
    if (error instanceof SyntaxError || error instanceof TypeError)
      return { ...nothing, gap: 'it answered with something else' };
    throw error;
  }
}
