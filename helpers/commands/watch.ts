/** Runs an exercise on the lab again whenever its spec, its fixtures or the framework change: make watch ONLY=m1.e4 */
import { relative } from 'node:path';

import { startVitest } from 'vitest/node';

import { claimLab } from '../cluster/claim.ts';
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { useLab } from '../cluster/use-lab.ts';
import { projectRoot } from '../places.ts';
import { UsageProblem } from '../problem.ts';
import { command } from './command.ts';
import { specFiles } from './run-lessons.ts';

await command(async () => {
  const only = process.env['ONLY'];
  if (only === undefined) throw new UsageProblem('watch needs an exercise', 'make watch ONLY=m1.e4');
  const filters = (await specFiles(only)).map((file) => relative(projectRoot, file));
  await claimLab();
  await useLab();
  process.env['NETWORK_POLICY_ENFORCED'] = (await enforcesNetworkPolicy()) ? 'yes' : 'no';
  const vitest = await startVitest('test', filters, {
    watch: true,
    project: ['lessons', 'mesh-wide lessons'],
    forceRerunTriggers: ['**/fixtures/**/*.yaml'],
  });
  await new Promise<void>((resolve) => {
    vitest.onClose(resolve);
  });
  return 0;
});
