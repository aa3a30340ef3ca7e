/** Writes reports/errata.md: what the course text got wrong, and what shows it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCards } from '../curriculum/cards.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { errataPage, notShown, shownErrata } from '../curriculum/errata.ts';
import { readPracticeStatements } from '../curriculum/practice-statements.ts';
import { reportsDir } from '../system/paths.ts';
import { collectCards } from './collect-cards.ts';
import { command } from './command.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const practice = await readPracticeStatements(curriculum);
  const shown = shownErrata(curriculum, await readCards(curriculum), await collectCards(), practice);
  const file = join(reportsDir, 'errata.md');
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, errataPage(curriculum, shown));
  const total = curriculum.errata.length;
  process.stdout.write(`${file}: ${total - notShown(curriculum, shown).length} of ${total} errata shown\n`);
  return 0;
});
