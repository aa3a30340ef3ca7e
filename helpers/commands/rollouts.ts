/** Defines the kinds of Argo Rollouts on the lab, for exercises that are started by hand. */
import { refuseExisting } from '../lab/cluster.ts';
import { installRollouts } from '../lab/rollouts.ts';
import { useLab } from '../lab/use-lab.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('rollouts');
  await useLab();
  await installRollouts();
  process.stdout.write("Argo Rollouts' kinds are defined; next: make course ONLY=m5.e10\n");
  return 0;
});
