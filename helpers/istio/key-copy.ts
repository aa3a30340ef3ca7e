/** A stolen key: certificate and key of a workload, copied out of its proxy. */

/**
 * For bash: brings key and certificate of a workload into a file of another pod's own container; nothing of them is
 * printed. The workload's proxy has to be annotated with `OUTPUT_CERTS: /etc/istio/proxy`.
 *
 * @param to the pod that gets them, and its container of the same name
 */
export function copyKeyScript(namespace: string, workload: string, to: string, file: string): string {
  // The key first: the chain of an own authority may end without a line break.
  return `set -o pipefail
kubectl exec -n ${namespace} ${workload} -c istio-proxy -- cat /etc/istio/proxy/key.pem /etc/istio/proxy/cert-chain.pem |
  kubectl exec -i -n ${namespace} pod/${to} -c ${to} -- sh -c 'cat > ${file}'`;
}
