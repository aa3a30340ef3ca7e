import { delimiter, join } from 'node:path';

import { stateDir } from '../places.ts';

/**
 * Puts kubectl and istioctl first in PATH of this process, and keeps what they cache out of the user's home.
 *
 * @param folders where the programs lie
 */
export function useClients(folders: readonly string[]): void {
  process.env['PATH'] = [...folders, process.env['PATH']].join(delimiter);
  process.env['KUBECACHEDIR'] = join(stateDir, 'kubectl-cache');
}
