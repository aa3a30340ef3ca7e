/** Starts a lab and keeps it until `make down`; with the word kind behind it, one of kind: make kind-up */
import { choices } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { prepareLab } from '../lab/prepare.ts';
import { UsageProblem } from '../system/errors.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

await command(async () => {
  if (process.argv[2] === 'kind') {
    process.env['CLUSTER'] ||= 'kind';
    const { CLUSTER } = choices();
    if (CLUSTER !== 'kind')
      throw new UsageProblem(`make kind-up starts kind, and CLUSTER=${CLUSTER}`, 'make up, or leave CLUSTER out');
  }
  refuseExisting('up');
  const progress = new Progress();
  await prepareLab(progress, true);
  progress.say('the lab is up; next: make course, make shell, or make down');
  return 0;
});
