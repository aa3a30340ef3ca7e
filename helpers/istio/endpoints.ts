/** What is behind a Service as a proxy has it: where each pod or gateway is, how early it comes, and whether it gets calls. */

/** One pod behind a Service in the eyes of one proxy, or the gateway behind which pods of another network are. */
export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  /** Its share of the calls beside the others: 1 for a pod, for a gateway the number of pods behind it. */
  readonly weight: number;
  /** Where it is, e.g. `zone-a`; '' where nobody has said so. */
  readonly zone: string;
  /** 0 is called first, 1 when too few of 0 are left. */
  readonly priority: number;
  /** False for a pod that Kubernetes does not call ready. */
  readonly isReady: boolean;
  /** True for a pod that the proxy has taken out because its answers were errors. */
  readonly isEjected: boolean;
}

/** The part of `istioctl proxy-config endpoints -o json` that is read here. Envoy leaves out what is 0 or false. */
interface ClusterStatus {
  readonly hostStatuses?: readonly {
    readonly address?: { readonly socketAddress?: { readonly address?: string; readonly portValue?: number } };
    readonly weight?: number;
    readonly healthStatus?: { readonly edsHealthStatus?: string; readonly failedOutlierCheck?: boolean };
    readonly locality?: { readonly zone?: string };
    readonly priority?: number;
  }[];
}

/** Arguments of istioctl that print the pods of one Service, port 80, as a workload's proxy has them. */
export function endpointsCommand(workload: string, host: string, namespace: string): string[] {
  return clusterEndpointsCommand(workload, namespace, `outbound|80||${host}.${namespace}.svc.cluster.local`);
}

/** The same for whatever the proxy calls, by Envoy's name for it, e.g. `outbound|443||kubernetes.default.svc.cluster.local`. */
export function clusterEndpointsCommand(workload: string, namespace: string, cluster: string): string[] {
  return ['proxy-config', 'endpoints', `${workload}.${namespace}`, '--cluster', cluster, '--output', 'json'];
}

/** Reads what that command prints. */
export function readEndpoints(json: string): ProxyEndpoint[] {
  return (JSON.parse(json) as readonly ClusterStatus[])
    .flatMap(({ hostStatuses = [] }) => hostStatuses)
    .map(({ address, weight = 1, healthStatus, locality, priority = 0 }) => ({
      address: address?.socketAddress?.address ?? '',
      port: address?.socketAddress?.portValue ?? 0,
      weight,
      zone: locality?.zone ?? '',
      priority,
      isReady: healthStatus?.edsHealthStatus === 'HEALTHY',
      isEjected: healthStatus?.failedOutlierCheck === true,
    }));
}

/** What that command prints, a line for each pod. */
export function tellEndpoints(json: string): string {
  return readEndpoints(json)
    .map(({ address, zone, priority, isReady, isEjected }) => {
      const state = isReady ? (isEjected ? 'ejected' : 'gets calls') : 'not ready';
      return `${address} in ${zone === '' ? 'no zone' : zone}: priority ${priority}, ${state}`;
    })
    .toSorted((a, b) => a.localeCompare(b))
    .join('\n');
}

/** What that command prints as `10.244.0.7:80 weight 1`, a line each; `nobody` where there is none. */
export function tellWeights(json: string): string {
  const lines = readEndpoints(json).map(({ address, port, weight }) => `${address}:${port} weight ${weight}`);
  return lines.toSorted((a, b) => a.localeCompare(b)).join('\n') || 'nobody';
}
