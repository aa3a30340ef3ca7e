/** A shell in which kubectl and istioctl talk to the lab, with CLUSTER_NAME=east or CLUSTER_NAME=edge to another of its clusters. */
import { describeLab } from '../lab/describe-lab.ts';
import { useLab } from '../lab/use-lab.ts';
import type { ProvidedCluster } from '../lesson/lab-of-run.ts';
import { UsageProblem } from '../system/errors.ts';
import { interactive } from '../system/program.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

/** The cluster of that name; the first unless one is named. */
function chosenCluster(clusters: readonly ProvidedCluster[], name = ''): ProvidedCluster {
  const found = name === '' ? clusters[0] : clusters.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new UsageProblem(
    `the lab has no cluster ${name}`,
    'make up CLUSTERS=2 for west and east, CLUSTERS=3 for edge as well, then CLUSTER_NAME=…',
  );
}

await command(async () => {
  const { CLUSTER_NAME } = given('CLUSTER_NAME');
  await useLab();
  const { clusters } = await describeLab([]);
  const chosen = chosenCluster(clusters, CLUSTER_NAME);
  process.env['KUBECONFIG'] = chosen.kubeconfig;
  const which = chosen.name === '' ? 'the lab' : `${chosen.name} (--context names another)`;
  process.stdout.write(`kubectl and istioctl talk to ${which} here; leave with exit\n`);
  return interactive(process.env['SHELL'] || 'bash');
});
