/** The CNI configuration of the nodes: which plugins give a pod its network. https://www.cni.dev/docs/spec/ */
import type { Cluster } from './cluster.ts';

/** What a node's configuration says, read where istio-cni reads and writes it; empty where istio-cni does not run. */
export async function cniConfiguration(cluster: Cluster): Promise<string> {
  // Of several files, the first by name is in force.
  const script = 'cat "$(ls /host/etc/cni/net.d/*.conf* | head -1)"';
  const args = ['exec', '-n', 'istio-system', 'daemonset/istio-cni-node', '--', 'sh', '-c', script];
  return (await cluster.run('kubectl', args)).stdout;
}

/** Types of the plugins of a configuration, in the order in which they are called; none of what is no list of plugins. */
export function pluginTypes(configuration: string): string[] {
  try {
    const { plugins = [] } = JSON.parse(configuration) as { readonly plugins?: readonly { readonly type: string }[] };
    return plugins.map(({ type }) => type);
  } catch {
    return [];
  }
}
