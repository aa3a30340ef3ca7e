/**
 * Begins a customer's story, reports/stories/<exercise>-<customer>.md, with challenge, solution and outcome:
 * make story ID=m2.e5 CUSTOMER="Acme Bank". One that is there already is left as it is.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { readCards } from '../curriculum/cards.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { storyFile, storyMarkdown } from '../curriculum/story.ts';
import { runWords } from '../present/backing-lines.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { UsageProblem } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { evidenceRun } from './evidence-run.ts';
import { given } from './variables.ts';

const example = 'type e.g.: make story ID=m2.e5 CUSTOMER="Acme Bank"';

await command(async () => {
  const { ID = '', CUSTOMER = '' } = given('ID', 'CUSTOMER');
  const curriculum = await readCurriculum();
  const { exercises } = await readCards(curriculum);
  const card = exercises.find(({ id }) => id === ID.trim().toLowerCase());
  if (card === undefined) {
    throw new UsageProblem(ID === '' ? 'story needs an exercise' : `ID=${ID} is no exercise with an outcome`, example);
  }
  const name = storyFile(card.id, CUSTOMER);
  if (name === undefined) throw new UsageProblem('story needs the name of a customer', example);
  const file = join(reportsDir, 'stories', name);
  if (existsSync(file)) {
    const where = relative(projectRoot, file);
    throw new UsageProblem(`${where} is there already`, 'write on in it, or move it away');
  }
  const run = await evidenceRun();
  const lab = { words: run === undefined ? '' : runWords(run), results: run?.exercises.map(assertionResultOf) ?? [] };
  await mkdir(join(reportsDir, 'stories'), { recursive: true });
  await writeFile(file, storyMarkdown(card, CUSTOMER.trim(), lab, curriculum), { flag: 'wx' });
  process.stdout.write(`${file}\n`);
  return 0;
});
