/** Counters and gauges of a sidecar's Envoy, read through pilot-agent. */

import { proxyAdminCommand } from './proxy-admin.ts';

/** One cluster's statistics, e.g. `stats('upstream_rq_pending_overflow')`. */
export type ProxyStats = (name: string) => number;

/** Behind `kubectl exec WORKLOAD`: prints what the proxy has counted about clusters whose names begin so. */
export function statsCommand(cluster: string): string[] {
  const filter = `^cluster.${cluster}`.replaceAll(/[|.]/g, String.raw`\$&`);
  return proxyAdminCommand(`stats?filter=${encodeURIComponent(filter)}`);
}

/**
 * Reads what that command prints. Istio's proxies publish few of Envoy's statistics unless the pod is annotated with
 * `sidecar.istio.io/statsInclusionRegexps`, so asking for one that is not there is an error and never a 0.
 */
export function readProxyStats(text: string): ProxyStats {
  const entries = Array.from(text.matchAll(/^cluster\..*?(?:;\.|local\.)([\w.]+): (\d+)$/gm));
  const stats = new Map(entries.map(([, name = '', value]) => [name, Number(value)]));
  return (name) => {
    const value = stats.get(name);
    if (value === undefined)
      throw new Error(`The proxy does not publish ${name}; it does: ${[...stats.keys()].join(', ')}`);
    return value;
  };
}
