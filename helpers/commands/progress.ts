/** Shows what the learner of this checkout ran, can explain and has practised, and what to do next: make progress */
import { relative } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { readRolePlays } from '../curriculum/role-plays.ts';
import { gridLines, nextLines, practiceLines } from '../present/progress-lines.ts';
import { exerciseProgress } from '../progress/exercise-progress.ts';
import { progressFile, readProgress } from '../progress/progress.ts';
import { projectRoot } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const [rolePlays, entries] = [await readRolePlays(curriculum), await readProgress()];
  const exercises = exerciseProgress(curriculum, entries);
  const where = relative(projectRoot, progressFile);
  const lines = [
    ...gridLines(curriculum.modules, exercises, entries),
    '',
    ...practiceLines(rolePlays, entries),
    '',
    ...nextLines(exercises),
    '',
    entries.length === 0
      ? 'Nothing is kept yet. What you run, explain and practise at a terminal is kept on this machine alone.'
      : `Kept on this machine alone, in ${where}; make forget removes it.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
});
