/** The administration interface of a sidecar's Envoy. https://www.envoyproxy.io/docs/envoy/latest/operations/admin */

/** Behind `kubectl exec WORKLOAD`: prints what the interface answers, e.g. to `GET stats?filter=rbac` or `POST quitquitquit`. */
export function proxyAdminCommand(path: string, method: 'GET' | 'POST' = 'GET'): string[] {
  return ['-c', 'istio-proxy', '--', 'pilot-agent', 'request', method, path];
}
