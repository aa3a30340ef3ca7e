/** What of the course can be explained, with what it says itself. */
import type { Cards } from '../curriculum/cards.ts';
import type { Curriculum } from '../curriculum/curriculum.ts';
import type { Standing } from '../curriculum/standing.ts';
import type { Statement } from '../curriculum/statement.ts';
import type { RecordedExercise } from '../record/record.ts';
import { UsageProblem } from '../system/errors.ts';
import { behind } from './backing-lines.ts';
import type { Explainable } from './explain-stage.ts';

/** What is asked about an exercise. */
const ofExercise = [
  'What would have to be true for this result to mislead?',
  'What rules that out?',
  'What does it not show?',
];

/** The course, and how its ids stand. */
export interface Course {
  readonly curriculum: Curriculum;
  readonly cards: Cards;
  readonly stands: (id: string) => Standing;
  /** Exercises of the run that evidence is taken from; empty where there was none. */
  readonly exercises: readonly RecordedExercise[];
}

/** What an id means that somebody wants to explain: a module or an exercise. @throws {UsageProblem} if it is neither */
export function explainable(wanted: string | undefined, course: Course): Explainable {
  const id = (wanted ?? '').trim().toLowerCase();
  const found = ofTheExercise(id, course) ?? ofTheModule(id, course);
  if (found !== undefined) return found;
  throw new UsageProblem(
    wanted === undefined || wanted === ''
      ? 'explain needs an exercise or a module'
      : `ID=${wanted} is no exercise and no module`,
    'type e.g.: make explain ID=m1.e4, or make explain ID=m1',
  );
}

function ofTheExercise(wanted: string, { curriculum, cards, stands, exercises }: Course): Explainable | undefined {
  // Of an assertion, the exercise.
  const id = /^m\d+\.[a-z]+\d*(?=\.|$)/.exec(wanted)?.[0] ?? '';
  const exercise = curriculum.modules.flatMap((module) => module.exercises).find((each) => each.id === id);
  if (exercise === undefined) return undefined;
  const card = cards.exercises.find((each) => each.id === id);
  const claims = exercises.flatMap(({ claim, status, card: own }) =>
    own !== undefined && own.proves.some((each) => each.startsWith(`${id}.`)) ? [{ claim, status, card: own }] : [],
  );
  const shownErrata = new Set([...(exercise.errata ?? []), ...claims.flatMap((each) => each.card.errata ?? [])]);
  return {
    id,
    title: exercise.title,
    about: card === undefined ? exercise.learn : `${card.challenge} ${card.solution}`,
    questions: ofExercise,
    compare: [
      {
        title: 'Why each claim is proven, by its own words',
        lines: claims.map(
          (each) => `${each.claim}${each.status === 'passed' ? '' : ` (${each.status})`}: ${each.card.proof}`,
        ),
      },
      {
        title: 'What came out, and what is said to it',
        lines: told([...(card?.outcome ?? []), ...(card?.counter ?? [])], stands),
      },
      { title: 'What was found', lines: told(card?.discovered ?? [], stands) },
      {
        title: 'What is often told wrong',
        lines: curriculum.errata
          .filter((each) => shownErrata.has(each.id))
          .map((each) => `${each.id}: “${each.claim}” In truth: ${each.truth}`),
      },
    ].filter(({ lines }) => lines.length > 0),
  };
}

function ofTheModule(id: string, { cards, stands, curriculum }: Course): Explainable | undefined {
  const module = curriculum.modules.find((each) => each.module === id);
  const card = cards.modules.find((each) => each.module === id);
  if (module === undefined || card === undefined) return undefined;
  const { persona, keyTakeaways, objections } = card;
  return {
    id,
    title: module.title,
    about: card.situation,
    questions: [
      `What does ${persona} get from it, and what did a run show? Three sentences.`,
      'What is the best objection to it, as those say it who raise it?',
      'What do you answer, and what can you not show?',
    ],
    compare: [
      { title: 'What to remember', lines: told(Object.values(keyTakeaways).flat(), stands) },
      {
        title: 'Objections, and the course’s answers',
        lines: objections.map(
          ({ objection, answer, ...backing }) => `${objection} ${answer} ${behind(backing, stands)}`,
        ),
      },
    ],
  };
}

function told(statements: readonly Statement[], stands: Course['stands']): string[] {
  return statements.map(({ says, ...backing }) => `${says} ${behind(backing, stands)}`);
}
