import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { choices } from './choices.ts';
import { kubeconfigFile } from './client-environment.ts';
import { someNeed } from './needs.ts';
import { enforcesNetworkPolicy } from './network-policy-probe.ts';

/**
 * What exercises must know of the cluster that this process has been pointed at. Asks its network whether it enforces
 * NetworkPolicy, which takes some seconds, unless none of the exercises needs it.
 *
 * @param specs the spec files that are to run; any, unless given
 */
export async function describeLab(specs?: readonly string[]): Promise<ProvidedLab> {
  const { KUBECONFIG: kubeconfig = '', PATH: path = '', KUBECACHEDIR: kubectlCache = '' } = process.env;
  const { MESH_WIDE, PAUSE } = choices();
  return {
    clusters: [{ name: '', kubeconfig }],
    path,
    kubectlCache,
    networkPolicyEnforced:
      (specs === undefined || (await someNeed(specs, 'netpol'))) && (await enforcesNetworkPolicy()),
    ours: kubeconfig === kubeconfigFile,
    meshWide: MESH_WIDE === 'yes',
    pause: PAUSE === '1',
  };
}
