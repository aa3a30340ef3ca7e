/** The administration interface of a sidecar's Envoy. https://www.envoyproxy.io/docs/envoy/latest/operations/admin */

/** Behind `kubectl exec WORKLOAD`: prints what the interface answers to GET, e.g. for `stats?filter=rbac`. */
export function proxyAdminCommand(path: string): string[] {
  return ['-c', 'istio-proxy', '--', 'pilot-agent', 'request', 'GET', path];
}
