import { refuseExisting } from '../lab/cluster.ts';
import { prepareLab } from '../lab/prepare.ts';
/** Starts a lab and keeps it until `make down`. */
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('up');
  const progress = new Progress();
  await prepareLab(progress, true);
  progress.say('the lab is up; next: make course, make shell, or make down');
  return 0;
});
