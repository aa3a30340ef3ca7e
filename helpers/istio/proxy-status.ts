/** What `istioctl proxy-status` lists: the proxies that an istiod talks to now. https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/ */

/** A proxy with a connection to an istiod. */
export interface ConnectedProxy {
  readonly pod: string;
  readonly namespace: string;
  /** Cluster of the pod. */
  readonly cluster: string;
  /** Pod of the istiod. */
  readonly istiod: string;
  /** Version that the proxy gives as its own. */
  readonly version: string;
}

/** Reads the table; a proxy that has lost its istiod is not in it. */
export function readProxyStatus(table: string): ConnectedProxy[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      // Columns are apart by several spaces; the last one has single ones in it.
      const [name = '', cluster = '', istiod = '', version = ''] = line.trim().split(/\s{2,}/);
      const dot = name.lastIndexOf('.');
      return dot === -1 ? [] : [{ ...placeOf(name), cluster, istiod, version }];
    });
}

/** What istiod knows of how one proxy took what it was told. */
export interface TypeStatus {
  readonly pod: string;
  readonly namespace: string;
  /** By type, e.g. `{ CDS: 'SYNCED', LDS: 'ERROR' }`; other words are `STALE`, `NOT SENT` and `IGNORED`. */
  readonly byType: Readonly<Record<string, string>>;
}

/** Reads the table that `istioctl proxy-status -v 1` prints: it has a column for each type, and leaves out how old a status is. */
export function readTypeStatus(table: string): TypeStatus[] {
  const [head = [], ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
  const types = head.slice(2, -2);
  return rows.map(([name = '', , ...statuses]) =>
    Object.assign(placeOf(name), {
      byType: Object.fromEntries(types.map((type, index) => [type, statuses[index]?.replace(/ \(.*/, '') ?? ''])),
    }),
  );
}

/** Something that a proxy was told and did not take. */
export interface Rejection {
  readonly pod: string;
  readonly namespace: string;
  /** End of the type's name, e.g. `Listener`. */
  readonly type: string;
  /** The proxy's reason. */
  readonly reason: string;
}

/** Reads what `istioctl proxy-status --output json` prints, an object for each istiod. @throws {Error} if it is no JSON */
export function readRejections(json: string): Rejection[] {
  return json
    .split(/^(?=\{)/m)
    .flatMap((object) => (JSON.parse(object) as { resources?: readonly ClientConfig[] }).resources ?? [])
    .flatMap(({ node, genericXdsConfigs = [] }) =>
      genericXdsConfigs.flatMap(({ typeUrl, errorState }) =>
        errorState === undefined
          ? []
          : [{ ...placeOf(node.id), type: typeUrl.split('.').at(-1) ?? typeUrl, reason: errorState.details }],
      ),
    );
}

/** Of Envoy's client status service. https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto */
interface ClientConfig {
  readonly node: { readonly id: string };
  readonly genericXdsConfigs?: readonly {
    readonly typeUrl: string;
    readonly errorState?: { readonly details: string };
  }[];
}

/** Pod and namespace of a proxy that istiod calls `backend-5c….shop`. */
function placeOf(proxy: string): { readonly pod: string; readonly namespace: string } {
  const dot = proxy.lastIndexOf('.');
  return { pod: proxy.slice(0, dot), namespace: proxy.slice(dot + 1) };
}
