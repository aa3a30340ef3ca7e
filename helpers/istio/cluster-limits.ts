/** What a proxy was told to limit, cluster by cluster: connection pool and outlier detection. */

/** Limits of one cluster of a proxy, in Envoy's words; undefined where nothing was said and Envoy's default holds. */
export interface ClusterLimits {
  /** Subset of the Service; '' is the Service as a whole. */
  readonly subset: string;
  readonly maxConnections: number | undefined;
  readonly maxPendingRequests: number | undefined;
  readonly maxRequestsPerConnection: number | undefined;
  /** Undefined if no pod is ever ejected. */
  readonly outlierDetection: OutlierDetection | undefined;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto */
export interface OutlierDetection {
  /** Failures in a row; Envoy's default is 5. */
  readonly consecutive5xx?: number;
  /** Per cent of the pods; Envoy's default is 10. */
  readonly maxEjectionPercent?: number;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
}

/** The part of `istioctl proxy-config clusters -o json` that is read here. */
interface ClusterDump {
  readonly name: string;
  readonly circuitBreakers?: {
    readonly thresholds?: readonly { readonly maxConnections?: number; readonly maxPendingRequests?: number }[];
  };
  readonly outlierDetection?: OutlierDetection;
  readonly typedExtensionProtocolOptions?: Readonly<
    Record<string, { readonly commonHttpProtocolOptions?: { readonly maxRequestsPerConnection?: number } }>
  >;
}

/** What istiod sends for "no limit": the greatest number that fits. */
const unlimited = 2 ** 32 - 1;

/** Arguments of istioctl that print the clusters of one Service as a workload's proxy has them. */
export function clustersCommand(workload: string, host: string, namespace: string): string[] {
  const fqdn = ['--fqdn', `${host}.${namespace}.svc.cluster.local`];
  return ['proxy-config', 'clusters', `${workload}.${namespace}`, ...fqdn, '--output', 'json'];
}

/** Reads what that command prints. */
export function readClusterLimits(json: string): ClusterLimits[] {
  const dumps = JSON.parse(json) as readonly ClusterDump[];
  return dumps.map(({ name, circuitBreakers, outlierDetection, typedExtensionProtocolOptions = {} }) => {
    const threshold = circuitBreakers?.thresholds?.[0];
    const http = Object.values(typedExtensionProtocolOptions)[0]?.commonHttpProtocolOptions;
    return {
      subset: name.split('|')[2] ?? '',
      maxConnections: limit(threshold?.maxConnections),
      maxPendingRequests: limit(threshold?.maxPendingRequests),
      maxRequestsPerConnection: http?.maxRequestsPerConnection,
      outlierDetection,
    };
  });
}

/** What that command prints, in one line for each cluster. */
export function tellLimits(json: string): string {
  const clusters = readClusterLimits(json);
  return clusters
    .map(({ subset, ...limits }) => `${subset === '' ? 'the Service' : subset}: ${JSON.stringify(limits)}`)
    .join('\n');
}

function limit(value: number | undefined): number | undefined {
  return value === unlimited ? undefined : value;
}
