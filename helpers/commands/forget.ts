/** Removes what is kept of the learner of this checkout: make forget SURE=yes */
import { forgetProgress, readProgress } from '../progress/progress.ts';
import { UsageProblem } from '../system/errors.ts';
import { command } from './command.ts';

await command(async () => {
  const entries = await readProgress();
  if (process.env['SURE'] !== 'yes' && entries.length > 0) {
    const first = entries[0]?.date.slice(0, 10);
    throw new UsageProblem(
      `this would remove what is kept of you since ${first}, with the answers that you wrote, and nothing brings it back`,
      'make forget SURE=yes; make progress shows it',
    );
  }
  await forgetProgress();
  process.stdout.write(entries.length === 0 ? 'There was nothing to forget.\n' : 'All of it is forgotten.\n');
  return 0;
});
