import { delimiter } from 'node:path';

import { goRecipes } from '../../kind/catalogue.ts';
import { EnvironmentProblem } from '../problem.ts';
import { goPrograms } from './assemble/go-programs.ts';
import { findEngine } from './engine.ts';
import { findLab, type Lab } from './lab.ts';

/**
 * Points PATH and KUBECONFIG of this process at the lab that `make up` started.
 * @throws {EnvironmentProblem} if there is none
 */
export async function useLab(): Promise<Lab> {
  const engine = await findEngine();
  const lab = engine === undefined ? undefined : await findLab(engine);
  if (lab === undefined) throw new EnvironmentProblem('no lab is up', 'make up');
  const clients = goRecipes.filter(({ module }) => module === 'kubernetes' || module === 'istio');
  const folders = await Promise.all(clients.map((recipe) => goPrograms(recipe)));
  process.env['PATH'] = [...folders, process.env['PATH']].join(delimiter);
  process.env['KUBECONFIG'] = lab.kubeconfig;
  return lab;
}
