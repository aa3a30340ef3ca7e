/** Brings ambient mode to the lab that is up, for whoever looks at it by hand; it goes with the lab. */
import { bringAmbient } from '../lab/ambient.ts';
import { choices } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { ensureEngine } from '../lab/engine/engine.ts';
import { findLab } from '../lab/lab.ts';
import { lockLab } from '../lab/lock.ts';
import { useLab } from '../lab/use-lab.ts';
import { chosenZtunnel } from '../lab/ztunnel.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('istio-ambient');
  if (choices().IMAGES !== 'upstream') await chosenZtunnel();
  await lockLab();
  await useLab();
  const progress = new Progress();
  const engine = await ensureEngine((line) => progress.say(line));
  const lab = await findLab(engine);
  if (lab === undefined) throw new EnvironmentProblem('no lab is up', 'make up');
  await bringAmbient(engine, lab, progress);
  progress.say('ambient mode is on; next: make course ONLY=m3, make shell, or make down');
  return 0;
});
