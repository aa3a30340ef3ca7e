import { delimiter, join } from 'node:path';

import { stateDir } from '../system/paths.ts';

/** Kubeconfigs of the course's own, by cluster: of the lab that is up, and of what CONTEXT and EAST name. There are no others. */
export const labKubeconfigs = {
  west: join(stateDir, 'kubeconfig.yaml'),
  east: join(stateDir, 'kubeconfig-east.yaml'),
  edge: join(stateDir, 'kubeconfig-edge.yaml'),
};
export const existingKubeconfigs = {
  west: join(stateDir, 'existing-kubeconfig.yaml'),
  east: join(stateDir, 'existing-kubeconfig-east.yaml'),
};
export const ownKubeconfigs: readonly string[] = [labKubeconfigs, existingKubeconfigs].flatMap(Object.values<string>);

/**
 * Puts kubectl and istioctl first in PATH of this process, and keeps what they cache out of the user's home.
 *
 * @param folders where the programs lie
 */
export function useClients(folders: readonly string[]): void {
  process.env['PATH'] = [...folders, process.env['PATH']].join(delimiter);
  process.env['KUBECACHEDIR'] = join(stateDir, 'kubectl-cache');
}
