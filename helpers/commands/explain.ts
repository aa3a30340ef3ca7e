/**
 * Asks three questions about an exercise or a module, shows what the course says to it, and keeps the answers for the learner
 * of this checkout: make explain ID=m1.e4
 */
import { readCards } from '../curriculum/cards.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { standingOf } from '../curriculum/standing.ts';
import { explain } from '../present/explain-stage.ts';
import { explainable } from '../present/explainable.ts';
import { Lines } from '../present/lines.ts';
import { screenWidth } from '../present/screen-width.ts';
import { lastExplained } from '../progress/exercise-progress.ts';
import { addProgress, readProgress } from '../progress/progress.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { exitCodes } from '../system/errors.ts';
import { command } from './command.ts';
import { evidenceRun } from './evidence-run.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

await command(async () => {
  const { ID, PRESENT } = given('ID', 'PRESENT');
  const curriculum = await readCurriculum();
  const exercises = (await evidenceRun())?.exercises ?? [];
  const results = exercises.map(assertionResultOf);
  const cards = await readCards(curriculum);
  const what = explainable(ID, {
    curriculum,
    cards,
    stands: (id) => standingOf(id, curriculum, cards, results),
    exercises,
  });
  const isAsked = process.stdin.isTTY && PRESENT !== 'auto';
  const person = isAsked ? new Lines(process.stdin, process.stdout) : undefined;
  const explanation = await explain({
    what,
    earlier: lastExplained(what.id, await readProgress()),
    say,
    ask: person && ((prompt) => person.ask(prompt)),
    width: screenWidth(process.stdout.columns),
  });
  person?.end();
  if (!isAsked) return 0;
  if (explanation === undefined) {
    say('\nEnded before the end; nothing of it is kept.');
    return exitCodes.interrupted;
  }
  await addProgress({ kind: 'explained', date: new Date().toISOString(), id: what.id, ...explanation });
  say('It is kept on this machine; make progress shows it, and the next time you see what you said.');
  return 0;
});
