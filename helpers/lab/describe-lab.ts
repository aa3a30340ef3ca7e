import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { choices } from './choices.ts';
import { kubeconfigFile } from './client-environment.ts';
import { enforcesNetworkPolicy } from './network-policy-probe.ts';

/**
 * What exercises must know of the cluster that this process has been pointed at. Asks its network whether it enforces
 * NetworkPolicy, which takes some seconds.
 */
export async function describeLab(): Promise<ProvidedLab> {
  const { KUBECONFIG: kubeconfig = '', PATH: path = '', KUBECACHEDIR: kubectlCache = '' } = process.env;
  const { MESH_WIDE, PAUSE } = choices();
  return {
    clusters: [{ name: '', kubeconfig }],
    path,
    kubectlCache,
    networkPolicyEnforced: await enforcesNetworkPolicy(),
    ours: kubeconfig === kubeconfigFile,
    meshWide: MESH_WIDE === 'yes',
    pause: PAUSE === '1',
  };
}
