/**
 * Walks through an exercise on the lab that is up, one command at a time: make follow ONLY=m1.e4. Enter runs the next
 * command; with PRESENT=auto, or where no terminal is there, it goes on by itself. Everything is taken back at the end.
 */
import { relative } from 'node:path';
import { styleText } from 'node:util';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { choices } from '../lab/choices.ts';
import { followKeys } from '../present/keys.ts';
import { Stage } from '../present/stage.ts';
import { noteOwnRun } from '../progress/own-run.ts';
import type { Card } from '../record/card.ts';
import { placeOf } from '../record/exercise-path.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { specsDir } from '../system/paths.ts';
import { atTerminal } from './at-terminal.ts';
import { type CollectedCard, collectCards } from './collect-cards.ts';
import { command } from './command.ts';
import { specFiles } from './run-lessons.ts';
import { say } from './say.ts';

/** Who asks what, before the first command. */
function introduce({ path, claim, card }: CollectedCard): void {
  const { module, exercise } = placeOf(path);
  say(`\n${styleText('gray', `${module} › ${exercise}`)}\n${styleText('bold', claim)}\n`);
  say(`  ${card.persona} asks: “${card.question}”`);
}

/** What it showed, after the last one. */
function conclude({ proof, takeaway, errata = [] }: Card, known: Awaited<ReturnType<typeof readCurriculum>>): void {
  say(`\n${styleText('bold', 'Why this proves it')}\n  ${proof}`);
  say(`\n${styleText('bold', 'Takeaway')}\n  ${takeaway}`);
  const wrong = known.errata.filter(({ id }) => errata.includes(id));
  if (wrong.length === 0) return;
  say(`\n${styleText('bold', 'What is commonly told wrong')}`);
  for (const { claim, truth } of wrong) say(`  “${claim}”\n    ${truth}`);
}

await command(async () => {
  const { ONLY } = choices();
  if (ONLY === undefined) throw new UsageProblem('follow needs an exercise', 'make follow ONLY=m1.e4');
  const files = await specFiles(ONLY);
  return atTerminal(files, followKeys, async ({ wish, stopped, present }) => {
    const [cards, curriculum] = await Promise.all([collectCards(), readCurriculum()]);
    const stage = new Stage({ say, wish });
    let failed = 0;
    for (const file of files) {
      const card = cards.find(({ path }) => path === relative(specsDir, file));
      if (stopped() || card === undefined) break;
      introduce(card);
      const { tests, leftovers } = await present(file, (told) => stage.show(told));
      const [ended] = tests;
      if (ended !== undefined && !stopped()) await noteOwnRun([{ status: ended.state, ids: card.card.proves }]);
      if (ended?.state === 'passed') conclude(card.card, curriculum);
      else if (ended?.state === 'skipped') say(`\n  Skipped: ${ended.reason}; make doctor tells more.`);
      else if (!stopped()) say(`\n  ${styleText('red', '✕')} ${ended?.reason ?? 'It could not be run.'}`);
      if (ended?.state === 'failed' && !stopped()) failed += 1;
      failed += leftovers.length;
    }
    say(`\n${stage.commands} commands; everything is taken back${stopped() ? ', ended before the end' : ''}.`);
    return failed > 0 ? exitCodes.failed : stopped() ? exitCodes.interrupted : 0;
  });
});
