import { readFile } from 'node:fs/promises';

import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { choices } from './choices.ts';
import { kubeconfigFile } from './client-environment.ts';
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
    networkPolicyEnforced: (await needsNetworkPolicy(specs)) && (await enforcesNetworkPolicy()),
    ours: kubeconfig === kubeconfigFile,
    meshWide: MESH_WIDE === 'yes',
    pause: PAUSE === '1',
  };
}

async function needsNetworkPolicy(specs: readonly string[] | undefined): Promise<boolean> {
  if (specs === undefined) return true;
  // A card's needs are written out: they are data, and tests hold them to that.
  return (await Promise.all(specs.map((file) => readFile(file, 'utf8')))).some((text) => text.includes("'netpol'"));
}
