/**
 * A talk with a customer, to be practised alone: make role-play SCENARIO=sarah. Evidence is that of the last run of the
 * course on this machine, or of the report that RUN names; what it does not prove cannot be won with. With PRESENT=auto, or
 * where no terminal is there, all of it is read out.
 */
import { readCards } from '../curriculum/cards.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { readRolePlays, rolePlayNamed } from '../curriculum/role-plays.ts';
import { drawnOrder, drawSeed } from '../lesson/drawn-order.ts';
import { Lines } from '../present/lines.ts';
import { totalOf } from '../present/role-play-score.ts';
import { RolePlayStage } from '../present/role-play-stage.ts';
import { summaryOfRolePlay } from '../present/role-play-summary.ts';
import { screenWidth } from '../present/screen-width.ts';
import { addProgress } from '../progress/progress.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { command } from './command.ts';
import { evidenceRun } from './evidence-run.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

await command(async () => {
  const { SCENARIO, PRESENT } = given('SCENARIO', 'PRESENT');
  const curriculum = await readCurriculum();
  const rolePlay = rolePlayNamed(await readRolePlays(curriculum), SCENARIO, 'role-play');
  const run = await evidenceRun();
  if (run === undefined) {
    throw new UsageProblem(
      'the course was never run here, so there is no evidence to win with',
      `make course, or make role-play SCENARIO=${rolePlay.scenario} RUN=dir with the folder of a report`,
    );
  }
  const isPlayed = process.stdin.isTTY && PRESENT !== 'auto';
  const person = isPlayed ? new Lines(process.stdin, process.stdout) : undefined;
  const seed = drawSeed();
  const stage = new RolePlayStage({
    rolePlay,
    curriculum,
    cards: await readCards(curriculum),
    run,
    say,
    ask: person && ((prompt) => person.ask(prompt)),
    drawn: (inquiries) => drawnOrder(inquiries, seed),
    width: screenWidth(process.stdout.columns),
  });
  const played = await stage.play();
  person?.end();
  if (!isPlayed) return 0;
  if (played === undefined) {
    say('\nEnded before the end; nothing of it is kept.');
    return exitCodes.interrupted;
  }
  const { lines, exitCode } = summaryOfRolePlay(played.score);
  const { points, traps, passed } = totalOf(played.score);
  const { scenario } = rolePlay;
  const date = new Date().toISOString();
  await addProgress({ kind: 'played', date, scenario, points, traps, passed, used: played.used });
  for (const line of ['', ...lines]) say(line);
  return exitCode;
});
