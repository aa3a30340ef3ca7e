/** Rehearses every demo on the lab that is up; red where one is not live in every step, or takes longer than it may. */
import { readCurriculum } from '../curriculum/curriculum.ts';
import { readDemos } from '../curriculum/demos.ts';
import { useLab } from '../lab/use-lab.ts';
import { demosItem, rehearseAll } from '../refresh/rehearsals.ts';
import { exitCodes } from '../system/errors.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

await command(async () => {
  const demos = await readDemos(await readCurriculum());
  await useLab();
  const { state, says } = demosItem(demos, await rehearseAll(demos, new Progress()));
  process.stdout.write(`${says}\n`);
  if (state === 'bad') return exitCodes.failed;
  return state === 'look' ? exitCodes.environment : 0;
});
