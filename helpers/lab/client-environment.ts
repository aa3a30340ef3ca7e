import { delimiter, join } from 'node:path';

import { stateDir } from '../system/paths.ts';

/** Kubeconfigs of the course's own: of the lab that is up, and of the cluster that CONTEXT names. There is no third. */
export const kubeconfigFile = join(stateDir, 'kubeconfig.yaml');
export const existingKubeconfigFile = join(stateDir, 'existing-kubeconfig.yaml');
export const ownKubeconfigs: readonly string[] = [kubeconfigFile, existingKubeconfigFile];

/**
 * Puts kubectl and istioctl first in PATH of this process, and keeps what they cache out of the user's home.
 *
 * @param folders where the programs lie
 */
export function useClients(folders: readonly string[]): void {
  process.env['PATH'] = [...folders, process.env['PATH']].join(delimiter);
  process.env['KUBECACHEDIR'] = join(stateDir, 'kubectl-cache');
}
