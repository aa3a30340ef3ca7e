/** Writes reports/errata.md: what the course text got wrong, and which exercise shows it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { errataPage, notShown } from '../curriculum/errata.ts';
import { reportsDir } from '../system/paths.ts';
import { collectCards } from './collect-cards.ts';
import { command } from './command.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const specs = await collectCards();
  const shown = specs.flatMap(({ path, claim, card }) => (card.errata ?? []).map((id) => ({ id, claim, path })));
  const file = join(reportsDir, 'errata.md');
  await mkdir(reportsDir, { recursive: true });
  await writeFile(file, errataPage(curriculum, shown));
  const total = curriculum.errata.length;
  process.stdout.write(
    `${file}: ${total - notShown(curriculum, shown).length} of ${total} errata shown by an exercise\n`,
  );
  return 0;
});
