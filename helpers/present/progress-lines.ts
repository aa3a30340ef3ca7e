/** What a learner did, as a terminal shows it. */
import { styleText } from 'node:util';

import type { CurriculumModule } from '../curriculum/curriculum.ts';
import type { RolePlay } from '../curriculum/role-play.ts';
import { clockTime } from '../draw/clock-time.ts';
import { type ExerciseProgress, lastExplained, nextSteps } from '../progress/exercise-progress.ts';
import type { Explained, ProgressEntry } from '../progress/progress.ts';

/** Widths of the columns, in characters. */
const columns = { id: 10, title: 42, ran: 20, explained: 20 };

/** How many drills are shown: whether they become shorter. */
const drillsShown = 5;

const verdicts: Readonly<Record<Explained, 'green' | 'yellow' | 'red'>> = { yes: 'green', partly: 'yellow', no: 'red' };

/** The grid of all exercises, a line each, and under each module how it could be explained as a whole. */
export function gridLines(
  modules: readonly CurriculumModule[],
  exercises: readonly ExerciseProgress[],
  entries: readonly ProgressEntry[],
): string[] {
  const head = [
    ''.padEnd(columns.id + columns.title),
    'ran and held'.padEnd(columns.ran),
    'explained'.padEnd(columns.explained),
    'in talks',
  ].join('');
  return [
    styleText('bold', head),
    ...modules.flatMap(({ module, title }) => {
      const whole = lastExplained(module, entries);
      return [
        styleText('bold', `${module.padEnd(columns.id)}${title.padEnd(columns.title + columns.ran)}`) +
          explainedCell(whole?.verdict, whole?.date ?? ''),
        ...exercises.filter(({ id }) => id.startsWith(`${module}.`)).map(exerciseLine),
      ].map((line) => line.trimEnd());
    }),
  ];
}

/** Talks that were practised, drills and demos, each as it went last. */
export function practiceLines(rolePlays: readonly RolePlay[], entries: readonly ProgressEntry[]): string[] {
  const talks = rolePlays.map(({ scenario, title }) => {
    const played = entries.filter((each) => each.kind === 'played' && each.scenario === scenario);
    const last = played.at(-1);
    if (last?.kind !== 'played') return `${scenario.padEnd(columns.id)}${title.padEnd(columns.title)}–`;
    const score = `${last.points} of 20, ${last.traps === 1 ? '1 trap' : `${last.traps} traps`}`;
    const ended = last.passed ? styleText('green', 'passed') : styleText('yellow', 'not passed');
    return `${scenario.padEnd(columns.id)}${title.padEnd(columns.title)}${score}, ${ended}, ${day(last.date)}`;
  });
  const demos = entries.filter((each) => each.kind === 'presented');
  const shown = [...new Map(demos.map((each) => [each.demo, each])).values()].map(
    ({ demo, live, date }) =>
      `${demo.padEnd(columns.id)}${live ? 'live, with everything held' : 'not all of it live'}, ${day(date)}`,
  );
  const drills = entries.filter((each) => each.kind === 'drilled').slice(-drillsShown);
  const found = drills.map(({ named, elapsedMs, guesses, hints, date }) =>
    [
      `${named ? 'named' : 'not named'} in ${clockTime(elapsedMs)}`,
      guesses === 1 ? '1 guess' : `${guesses} guesses`,
      hints === 1 ? '1 hint' : `${hints} hints`,
      day(date),
    ].join(', '),
  );
  return [
    styleText('bold', 'Talks that you practised'),
    ...talks,
    ...(found.length === 0 ? [] : ['', styleText('bold', 'Drills, the last ones'), ...found]),
    ...(shown.length === 0 ? [] : ['', styleText('bold', 'Demonstrations that you gave'), ...shown]),
  ];
}

/** What to do next, with the words to type. */
export function nextLines(exercises: readonly ExerciseProgress[]): string[] {
  const steps = nextSteps(exercises);
  if (steps.length === 0) return ['Of each numbered exercise you ran something and could explain it.'];
  return [
    styleText('bold', 'Next'),
    ...steps.map(({ type, because }) => `${type.padEnd(columns.id + 20)}${styleText('gray', because)}`),
  ];
}

function exerciseLine({ id, title, ran, ranOn, explained, explainedOn, talks }: ExerciseProgress): string {
  const cut = title.length < columns.title ? title : `${title.slice(0, columns.title - 3)}…`;
  const held = `${ran.held} of ${ran.of}, ${day(ranOn)}`.padEnd(columns.ran);
  const count = ranOn === '' ? '–'.padEnd(columns.ran) : ran.failed > 0 ? styleText('red', held) : held;
  return [
    id.padEnd(columns.id),
    cut.padEnd(columns.title),
    count,
    explainedCell(explained, explainedOn),
    talks || '',
  ].join('');
}

function explainedCell(verdict: Explained | undefined, date: string): string {
  if (verdict === undefined) return '–'.padEnd(columns.explained);
  return styleText(verdicts[verdict], `${verdict}, ${day(date)}`.padEnd(columns.explained));
}

function day(iso: string): string {
  return iso.slice(0, 10);
}
