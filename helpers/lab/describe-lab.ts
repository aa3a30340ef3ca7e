import { east, edge, type LabCluster, west } from '../../kind/clusters.ts';
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { choices } from './choices.ts';
import { existingKubeconfigs, labKubeconfigs } from './client-environment.ts';
import { recordedLab } from './lab.ts';
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
    clusters: await clustersOf(kubeconfig),
    path,
    kubectlCache,
    networkPolicyEnforced:
      (specs === undefined || (await someNeed(specs, 'netpol'))) && (await enforcesNetworkPolicy()),
    ours: kubeconfig === labKubeconfigs.west,
    meshWide: MESH_WIDE === 'yes',
    pause: PAUSE === '1',
  };
}

/** Clusters that a kubeconfig of the course's own stands for; they have names where there are several. */
export async function clustersOf(kubeconfig: string): Promise<ProvidedLab['clusters']> {
  if (kubeconfig === existingKubeconfigs.west && choices().EAST !== undefined)
    return [named(west, existingKubeconfigs.west), named(east, existingKubeconfigs.east)];
  const lab = kubeconfig === labKubeconfigs.west ? await recordedLab() : undefined;
  if (lab?.east === undefined) return [{ name: '', kubeconfig }];
  const all = lab.edge === undefined ? [west, east] : [west, east, edge];
  return all.map((cluster) => named(cluster, labKubeconfigs[cluster.name]));
}

const named = ({ name }: LabCluster, kubeconfig: string) => ({ name, kubeconfig });
