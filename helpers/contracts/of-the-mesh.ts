import { areOfOneMinor } from '../istio/istio-version.ts';
import { queryArguments, readSamples } from '../istio/prometheus.ts';
import { proxyAdminCommand } from '../istio/proxy-admin.ts';
import type { Contract, Site } from './contract.ts';

const inMesh = true;
const anyMesh = /sidecar/;
const server = 'http://meshed/';

/** The status of one call from the pod in the mesh. */
const call = ({ inPod }: Site, ...args: readonly string[]) =>
  inPod('meshed-caller', 'curl', '-s', '-o', '/dev/null', '-w', String.raw`HTTP %{http_code}\n`, '-m', '5', ...args);

const ofProxy = ({ inPod }: Site, workload: string, path: string) => inPod(workload, ...proxyAdminCommand(path));

/** Lines that hold all of some words, each once. */
const linesWith = (text: string, ...words: readonly string[]) => [
  ...new Set(text.split('\n').filter((line) => words.every((word) => line.includes(word)))),
];

/** Asks Prometheus until it has a series; its labels that lessons read, in words. */
async function series({ kubectl, until }: Site, promql: string, labels: readonly string[]): Promise<string> {
  const seen = await until(
    () => kubectl(...queryArguments(promql)),
    (text) => /"value"/.test(text),
  );
  const json = /^\{.*\}$/m.exec(seen)?.[0];
  const [sample] = json === undefined ? [] : readSamples({ stdout: json });
  if (sample === undefined) return `no series ${promql}: ${seen.slice(-200)}`;
  return labels.map((name) => `${name}=${sample.labels[name] ?? ''}`).join(' ');
}

/** The log of a workload's proxy, once it has a line of that form. */
const logOf = ({ kubectl, until }: Site, workload: string, line: RegExp) =>
  until(
    () => kubectl('logs', workload, '-c', 'istio-proxy'),
    (text) => line.test(text),
  );

const httpLabels = ['source_principal', 'source_workload', 'response_code', 'connection_security_policy'];

/** How an access log tells that no connection could be made. */
const unconnected = /" 503 (\w+,)*UF\S*/;

/** Istio's control plane and proxies, and what reads their figures. */
export const contractsOfTheMesh: readonly Contract[] = [
  {
    name: 'pilot-version',
    image: 'istio-pilot',
    expected: 'istioctl and istiod are of one minor version',
    usedBy: anyMesh,
    inMesh,
    ask: async ({ istioctl }) => {
      const json = /^\{[^]*^\}/m.exec(await istioctl('version', '--output', 'json'))?.[0] ?? '{}';
      const { clientVersion, meshVersion } = JSON.parse(json) as {
        clientVersion?: { version: string };
        meshVersion?: readonly { Info: { version: string } }[];
      };
      return `istioctl ${clientVersion?.version}, istiod ${meshVersion?.[0]?.Info.version}`;
    },
    holds: (seen) => {
      const [, client, control] = /^istioctl (\S+), istiod (\S+)$/.exec(seen) ?? [];
      return areOfOneMinor(client, control);
    },
  },
  {
    name: 'pilot-status',
    image: 'istio-pilot',
    expected: 'proxy-status lists a proxy with at least four kinds of configuration SYNCED',
    usedBy: /proxy-status/,
    inMesh,
    ask: async ({ istioctl, until }) => {
      const seen = await until(
        () => istioctl('proxy-status', '--output', 'json'),
        (text) => /meshed-caller/.test(text),
      );
      const { resources = [] } = JSON.parse(/^\{[^]*^\}/m.exec(seen)?.[0] ?? '{}') as {
        resources?: readonly { node: { id: string }; genericXdsConfigs?: readonly { configStatus: string }[] }[];
      };
      const caller = resources.find(({ node }) => node.id.includes('meshed-caller'));
      const synced = caller?.genericXdsConfigs?.filter(({ configStatus }) => configStatus === 'SYNCED').length;
      return `${synced ?? 'no proxy of the caller, 0'} SYNCED`;
    },
    holds: (seen) => Number(/^(\d+) SYNCED$/.exec(seen)?.[1]) >= 4,
  },
  {
    name: 'proxyv2-request-metrics',
    image: 'istio-proxyv2',
    expected: "a call in the mesh is counted with the caller's identity and name, its status, and mutual TLS",
    usedBy: /istio_requests_total|service-graph|graph/i,
    inMesh,
    ask: async (site) => {
      await call(site, server);
      const where = 'reporter="destination",destination_workload="meshed",source_principal=~"spiffe.*"';
      return series(site, `istio_requests_total{namespace="m0-contracts",${where}}`, httpLabels);
    },
    holds: (seen) =>
      /^source_principal=spiffe:\/\/[^/]+\/ns\/m0-contracts\/sa\/meshed-caller source_workload=meshed-caller response_code=200 connection_security_policy=mutual_tls$/.test(
        seen,
      ),
  },
  {
    name: 'proxyv2-plaintext-metrics',
    image: 'istio-proxyv2',
    expected: 'a caller without a certificate is unknown',
    usedBy: /unknown/,
    inMesh,
    ask: async (site) => {
      await site.inPod('curl', 'curl', '-s', '-o', '/dev/null', server);
      const where = 'reporter="destination",destination_workload="meshed",source_workload="unknown"';
      return series(site, `istio_requests_total{namespace="m0-contracts",${where}}`, httpLabels.slice(1));
    },
    holds: (seen) => seen === 'source_workload=unknown response_code=200 connection_security_policy=none',
  },
  {
    name: 'proxyv2-tcp-metrics',
    image: 'istio-proxyv2',
    expected: 'a connection over TCP is counted when it has ended',
    usedBy: /istio_tcp_/,
    inMesh,
    ask: async (site) => {
      await site.inPod('meshed-caller', 'curl', '-s', '-m', '1', 'telnet://meshed-tcp:8078');
      const where = 'reporter="destination",destination_workload="meshed-tcp"';
      return series(site, `istio_tcp_connections_closed_total{${where}}`, ['source_workload']);
    },
    holds: (seen) => seen === 'source_workload=meshed-caller',
  },
  {
    name: 'proxyv2-refusal',
    image: 'istio-proxyv2',
    expected: 'a refused call is a 403 with “RBAC: access denied”, counted as rbac.denied, and in the access log',
    usedBy: /\bforbidden\b|rbac/,
    inMesh,
    ask: async (site) => {
      const seen = await site.until(
        () => site.inPod('meshed-caller', 'curl', '-s', '-w', ' HTTP %{http_code}\\n', '-X', 'PUT', server),
        (text) => text.includes('403'),
      );
      const stats = await ofProxy(site, 'deployment/meshed', 'stats?filter=rbac');
      const log = await logOf(site, 'deployment/meshed', /"PUT .* 403/);
      return `${seen.split('\n')[0]}; ${/rbac\.denied: [1-9]\d*/.exec(stats)?.[0] ?? 'not counted'}; ${/" 403 \S+ rbac_access_denied\S+/.exec(log)?.[0]}`;
    },
    holds: (seen) =>
      /^RBAC: access denied HTTP 403; rbac\.denied: [1-9]\d*; " 403 - rbac_access_denied_matched_policy\[/.test(seen),
  },
  {
    name: 'proxyv2-extensions',
    image: 'istio-proxyv2',
    expected: 'the proxy has Lua, WebAssembly by V8, and a limit of its own for HTTP',
    usedBy: /TrafficExtension|local_ratelimit/,
    inMesh,
    ask: async (site) => {
      const dump = await ofProxy(site, 'deployment/meshed', 'config_dump');
      const names = dump.matchAll(
        /"name": *"(envoy\.(?:filters\.http\.(?:local_ratelimit|lua|wasm)|wasm\.runtime\.v8))"/g,
      );
      return [...new Set(Array.from(names, ([, name = '']) => name))].toSorted().join(', ');
    },
    holds: (seen) =>
      seen ===
      'envoy.filters.http.local_ratelimit, envoy.filters.http.lua, envoy.filters.http.wasm, envoy.wasm.runtime.v8',
  },
  {
    name: 'proxyv2-no-connection',
    image: 'istio-proxyv2',
    expected: 'a port on which nobody listens is a 503 with the flag UF in the access log of the caller',
    usedBy: /upstreamConnectError|\bUF\b/,
    inMesh,
    ask: async (site) => {
      const seen = await site.until(
        () => call(site, 'http://closed/'),
        (text) => text.includes('503'),
      );
      const log = await logOf(site, 'meshed-caller', unconnected);
      return `${seen.split('\n')[0]}; ${unconnected.exec(log)?.[0]}`;
    },
    holds: (seen) => /^HTTP 503; " 503 (\w+,)*UF/.test(seen),
  },
  {
    name: 'proxyv2-no-subset',
    image: 'istio-proxyv2',
    expected: 'a route to a subset that nobody defined is an empty 503 with the flag NC',
    usedBy: /clusterNotFound|\bNC\b/,
    inMesh,
    ask: async (site) => {
      const seen = await site.until(
        () => site.inPod('meshed-caller', 'curl', '-s', '-i', '-m', '5', '-H', 'subset: unknown', server),
        (text) => text.includes(' 503 '),
      );
      const log = await logOf(site, 'meshed-caller', / 503 NC/);
      return `${seen.split(/\r?\n/)[0]}; ${/^server: \S+/m.exec(seen)?.[0]}; ${/ 503 NC\S*/.exec(log)?.[0]}`;
    },
    holds: (seen) => /^HTTP\/1\.1 503 Service Unavailable; server: envoy; {2}503 NC/.test(seen),
  },
  {
    name: 'proxyv2-outliers',
    image: 'istio-proxyv2',
    expected: 'the counters of outlier detection are published where a pod is annotated for them',
    usedBy: /outlier/i,
    inMesh,
    ask: async (site) => {
      const stats = await ofProxy(site, 'meshed-caller', 'stats?filter=outlier_detection');
      const lines = linesWith(stats, 'meshed', 'outlier_detection');
      return [...new Set(lines.map((line) => line.replaceAll(/.*outlier_detection\.|:.*/g, '')))].join(' ');
    },
    holds: (seen) =>
      [
        'ejections_active',
        'ejections_enforced_total',
        'ejections_detected_consecutive_5xx',
        'ejections_overflow',
      ].every((name) => seen.split(' ').includes(name)),
  },
  {
    name: 'proxyv2-redirect',
    image: 'istio-proxyv2',
    expected: 'the log of istio-init has the rules that redirect to the proxy',
    usedBy: /istio-init/,
    inMesh,
    ask: async ({ kubectl }) => {
      const log = await kubectl('logs', 'meshed-caller', '-c', 'istio-init');
      return linesWith(log, '-A', 'REDIRECT').slice(0, 2).join('; ') || log.slice(-200);
    },
    holds: (seen) => /-A \S+ .*-j REDIRECT --to-ports? 150\d\d/.test(seen),
  },
  {
    name: 'proxyv2-strict',
    image: 'istio-proxyv2',
    expected: 'under STRICT a plaintext call is reset (curl 35, 52 or 56) and counted as no_filter_chain_match',
    usedBy: /resetByProxy|STRICT/,
    inMesh,
    ask: async (site) => {
      await site.apply('31-strict.yaml');
      const plaintext = () => site.inPod('curl', 'curl', '-s', '-o', '/dev/null', '-m', '3', server);
      const seen = await site.until(plaintext, (text) => !text.includes('exit 0'));
      const counter = await site.until(
        () => ofProxy(site, 'deployment/meshed', 'stats?filter=15006.no_filter_chain_match'),
        (text) => /no_filter_chain_match: [1-9]/.test(text),
      );
      const counted = /no_filter_chain_match: \d+/.exec(counter)?.[0];
      return `curl ${seen.trim()}, ${counted}; in the mesh ${(await call(site, server)).split('\n')[0]}`;
    },
    holds: (seen) => /^curl exit (35|52|56), no_filter_chain_match: [1-9]\d*; in the mesh HTTP 200$/.test(seen),
  },
  {
    name: 'prometheus-query',
    image: 'prometheus',
    expected: 'it is ready, and answers a query through the API server',
    usedBy: /prometheus/i,
    inMesh,
    ask: async ({ kubectl }) => {
      const proxy = '/api/v1/namespaces/istio-system/services/prometheus:http/proxy';
      const ready = await kubectl('get', '--raw', `${proxy}/-/ready`);
      const answer = await kubectl(...queryArguments('vector(1)'));
      return `${ready.split('\n')[0]} ${/"value":\[[\d.]+,"1"\]/.test(answer) ? 'vector(1) is 1' : answer.slice(-200)}`;
    },
    holds: (seen) => /^Prometheus Server is Ready\. vector\(1\) is 1$/.test(seen),
  },
  {
    name: 'kiali-graph',
    image: 'kiali',
    expected: 'its API has a graph with nodes and edges',
    usedBy: /needs: \[.*'kiali'/,
    inMesh,
    ask: async ({ kubectl }) => {
      if (!(await kubectl('-n', 'istio-system', 'get', 'deployment', 'kiali')).includes('exit 0'))
        return 'not installed';
      const proxy = '/api/v1/namespaces/istio-system/services/kiali:http/proxy/kiali';
      const graph = await kubectl(
        'get',
        '--raw',
        `${proxy}/api/namespaces/graph?namespaces=m0-contracts&graphType=workload`,
      );
      const { elements } = JSON.parse(/^\{.*\}$/m.exec(graph)?.[0] ?? '{}') as { elements?: object };
      return Object.keys(elements ?? {}).join(' ');
    },
    isAbsent: (seen) => seen === 'not installed',
    holds: (seen) => /^nodes edges$|^edges nodes$/.test(seen),
  },
];
