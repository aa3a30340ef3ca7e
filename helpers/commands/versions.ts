/**
 * Asks the registries for newer versions of everything that the project pins, and says what each would change. APPLY=yes
 * writes those that need no person's judgement, with their hashes, and runs the course: patches and minor versions, with
 * REACH=major all.
 */
import { inWords, choices } from '../lab/choices.ts';
import { type Answer, nothingNewer, type Offer, type Reach } from '../refresh/offer.ts';
import { askRegistries } from '../refresh/registries.ts';
import { EnvironmentProblem, exitCodes } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { ProgramFailed, run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { chosenLessons } from './chosen-lessons.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

const reaches: readonly Reach[] = ['patch', 'minor', 'major'];

function print({ source, asked, offers, silent }: Answer): void {
  if (silent !== undefined) process.stdout.write(`${source}: not asked, or not all of it: ${silent}\n`);
  else process.stdout.write(`${source}: ${asked} asked about, ${offers.length} newer\n`);
  for (const { part, now, newer, reach, changes, byHand } of offers) {
    process.stdout.write(`  ${part}: ${now} → ${newer} (${reach}); changes ${changes}\n`);
    if (byHand !== undefined) process.stdout.write(`    by hand: ${byHand}\n`);
  }
}

/** Writes what may be written; what fails is left as it was, and said. Returns how many were written, and how many failed. */
async function write(
  offers: readonly Offer[],
  most: Reach,
  progress: Progress,
): Promise<{ readonly written: number; readonly failed: number }> {
  let [written, failed] = [0, 0];
  for (const { part, newer, reach, write: action } of offers) {
    if (action === undefined || reaches.indexOf(reach) > reaches.indexOf(most)) continue;
    try {
      await progress.timed(`${part} ${newer}`, action);
      written += 1;
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
      failed += 1;
      progress.say(`${part} ${newer} cannot be had: ${error.message.split('\n').slice(0, 3).join(' ')}`);
    }
  }
  return { written, failed };
}

await command(async () => {
  const { REACH = 'minor', APPLY } = given('REACH', 'APPLY');
  const applies = APPLY === 'yes';
  // Versions are written, and then the course is run.
  if (applies) await chosenLessons();
  const progress = new Progress();
  const answers = await askRegistries(print);
  // One that answered about a part of what it was asked is heard by what it offers.
  if (answers.every(({ silent, asked, offers: own }) => asked === 0 || (silent !== undefined && own.length === 0))) {
    throw new EnvironmentProblem(
      'no registry answers, so nothing is known of newer versions',
      'a way to the registries',
    );
  }
  const offers = answers.flatMap(({ offers: found }) => found);
  if (!applies) {
    process.stdout.write(`${offers.length === 0 ? nothingNewer(answers) : 'to write them: make versions APPLY=yes'}\n`);
    return 0;
  }
  const { written, failed } = await write(offers, REACH as Reach, progress);
  if (written === 0) {
    progress.say(offers.length === 0 ? nothingNewer(answers) : `0 of ${offers.length} written, so nothing is run`);
    return failed === 0 ? 0 : exitCodes.failed;
  }
  progress.say(
    `${written} of ${offers.length} written; the course is run on them: ${inWords(choices()) || 'as usual'}`,
  );
  const course = ['--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
  const { exitCode } = await run(process.execPath, course, { cwd: projectRoot, live: true, endsWithUs: true });
  if (exitCode !== 0)
    progress.say('what was written is in the work tree: git diff shows it, git checkout takes it back');
  return exitCode === 0 && failed === 0 ? 0 : exitCodes.failed;
});
