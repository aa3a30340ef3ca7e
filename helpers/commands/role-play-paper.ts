/**
 * Writes a role-play for two people as two pages to print, reports/role-play-<name>.html:
 * make role-play-paper SCENARIO=sarah
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCards } from '../curriculum/cards.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { readRolePlays, rolePlayNamed } from '../curriculum/role-plays.ts';
import { rolePlayPageHtml } from '../report/pages/role-play-page.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { evidenceRun } from './evidence-run.ts';
import { given } from './variables.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const rolePlay = rolePlayNamed(await readRolePlays(curriculum), given('SCENARIO').SCENARIO, 'role-play-paper');
  const file = join(reportsDir, `role-play-${rolePlay.scenario}.html`);
  const run = await evidenceRun();
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, rolePlayPageHtml(rolePlay, curriculum, await readCards(curriculum), run));
  process.stdout.write(`${file}\n`);
  return 0;
});
