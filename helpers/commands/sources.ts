/** Lists the public sources that the course cites, the one that was read longest ago first, with what each is cited for. */
import { readCards } from '../curriculum/cards.ts';
import { citedSources } from '../curriculum/citations.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { readPracticeStatements } from '../curriculum/practice-statements.ts';
import { agedSources } from '../curriculum/sources.ts';
import { exitCodes } from '../system/errors.ts';
import { command } from './command.ts';

await command(async () => {
  const curriculum = await readCurriculum();
  const today = new Date();
  const practice = await readPracticeStatements(curriculum);
  for (const source of citedSources(curriculum, await readCards(curriculum), practice, today)) {
    const { id, title, pages, read, ageDays, citedBy } = source;
    process.stdout.write(`${id.padEnd(4)} read ${read}, ${ageDays} days ago: ${title}\n`);
    for (const line of [...pages, ...citedBy]) process.stdout.write(`       ${line}\n`);
  }
  const { warnings, faults } = agedSources(curriculum.sources, today);
  process.stdout.write(
    `${curriculum.sources.length} sources, ${warnings.length} to be read again, ${faults.length} too old to be cited\n` +
      'after reading one: its day, read:, in specs/curriculum/sources.yaml, and what is said where it is cited\n',
  );
  return faults.length === 0 ? 0 : exitCodes.failed;
});
