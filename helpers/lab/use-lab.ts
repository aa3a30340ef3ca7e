import { existsSync } from 'node:fs';

import { EnvironmentProblem } from '../system/errors.ts';
import { withoutSurplus } from './as-many-clusters.ts';
import { clientFolders } from './assemble/assemble.ts';
import { useClients } from './client-environment.ts';
import { findEngine } from './engine/engine.ts';
import { connect, isExisting, namedContext } from './existing/existing.ts';
import { findLab } from './lab.ts';

/**
 * Points PATH and KUBECONFIG of this process at the lab that `make up` started, or at the cluster that CLUSTER=existing
 * and CONTEXT name.
 *
 * @throws {EnvironmentProblem} if there is none
 */
export async function useLab(): Promise<void> {
  if (isExisting()) {
    const chosen = await namedContext();
    useClients(await clientFolders());
    await connect(chosen);
    return;
  }
  const engine = await findEngine();
  const lab = engine === undefined ? undefined : await findLab(engine);
  if (engine === undefined || lab === undefined) throw new EnvironmentProblem('no lab is up', 'make up');
  const own = lab.clientDirs.length > 0 && lab.clientDirs.every((folder) => existsSync(folder));
  useClients(own ? lab.clientDirs : await clientFolders());
  process.env['KUBECONFIG'] = lab.kubeconfig;
  await withoutSurplus(engine, lab, undefined);
}
