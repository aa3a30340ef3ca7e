/** Runs an exercise on the lab again whenever its spec, its fixtures or the framework change: make watch ONLY=m1.e4 */
import { relative } from 'node:path';

import { createVitest } from 'vitest/node';

import { choices } from '../lab/choices.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { lockLab } from '../lab/lock.ts';
import { useLab } from '../lab/use-lab.ts';
import { specKinds } from '../record/spec-kinds.ts';
import { UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { command } from './command.ts';
import { specFiles } from './run-lessons.ts';

await command(async () => {
  const only = choices().ONLY;
  if (only === undefined) throw new UsageProblem('watch needs an exercise', 'make watch ONLY=m1.e4');
  const filters = (await specFiles(only)).map((file) => relative(projectRoot, file));
  await lockLab();
  await useLab();
  const vitest = await createVitest('test', {
    watch: true,
    project: specKinds.map(({ project }) => project),
    forceRerunTriggers: ['**/fixtures/**/*.yaml'],
  });
  vitest.provide('lab', await describeLab());
  await vitest.start(filters);
  await new Promise<void>((resolve) => {
    vitest.onClose(resolve);
  });
  return 0;
});
