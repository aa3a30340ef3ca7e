/** Removes what is kept of the learner of this checkout: make forget SURE=yes */
import { stat } from 'node:fs/promises';

import { forgetProgress, progressFile, readProgress } from '../progress/progress.ts';
import { UsageProblem } from '../system/errors.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

await command(async () => {
  const { SURE } = given('SURE');
  const kept = await stat(progressFile).then(
    ({ size }) => size > 0,
    () => false,
  );
  if (SURE !== 'yes' && kept) {
    const [first] = await readProgress();
    const since = first === undefined ? ', of which nothing can be read' : ` since ${first.date.slice(0, 10)}`;
    throw new UsageProblem(
      `this would remove what is kept of you${since}, with the answers that you wrote, and nothing brings it back`,
      'make forget SURE=yes; make progress shows it',
    );
  }
  await forgetProgress();
  process.stdout.write(kept ? 'All of it is forgotten.\n' : 'There was nothing to forget.\n');
  return 0;
});
