import type { Curriculum } from './curriculum.ts';
import { type Field, fieldFaults, unknownFields } from './fields.ts';
import { type Answer, backingFaults, type Quote, type Statement, type Told, toldIn } from './statement.ts';

/** What the report says of an exercise before its claims; read from the exercise.yaml beside them. */
export interface ExerciseCard {
  /** Id of the exercise in the curriculum. */
  readonly id: string;
  readonly challenge: string;
  readonly solution: string;
  readonly outcome: readonly Statement[];
  /** What the platform team answers, and what is to be said to it. */
  readonly platformAnswer?: Quote;
  readonly counter?: readonly Statement[];
  /** What the persona takes from it, in the first person. */
  readonly perspective: Statement;
  readonly businessImpact?: readonly Statement[];
  readonly discovered?: readonly Statement[];
  /** Questions to ask oneself. */
  readonly reflection?: readonly (Answer & { readonly question: string })[];
}

/** Fields of every exercise. */
const required = {
  challenge: { of: 'text', longest: 160 },
  solution: { of: 'text', longest: 160 },
  outcome: { of: 'statements', longest: 200, least: 1, most: 3 },
  perspective: { of: 'statement', longest: 180 },
} as const satisfies Record<string, Field>;

/** Fields that only some exercises must have. */
const optional = {
  platformAnswer: { of: 'quote', longest: 200 },
  counter: { of: 'statements', longest: 240, least: 1, most: 8 },
  businessImpact: { of: 'statements', longest: 260, least: 1, most: 3 },
  discovered: { of: 'statements', longest: 180, least: 2, most: 6 },
} as const satisfies Record<string, Field>;

type Optional = keyof typeof optional;

/** Exercises whose course text has such words, so that they cannot be left out. */
const demanded: Readonly<Record<Optional, readonly string[]>> = {
  platformAnswer: ['m1.e2', 'm1.e3', 'm1.e4', 'm1.e6', 'm1.e7', 'm1.e8', 'm2.e8'],
  counter: [],
  businessImpact: ['m2.e2', 'm2.e4', 'm2.e5', 'm2.e6', 'm2.e9'],
  discovered: ['m1.e1', 'm1.e3', 'm1.e4', 'm1.e5', 'm2.e3', 'm2.e6', 'm2.e8'],
};

/** True for an exercise that must have a card: a numbered one, not the setting up, the drills or the cleaning up. */
export function needsCard(exercise: string): boolean {
  return /^m\d+\.e[1-9]\d*$/.test(exercise);
}

/** Every sentence of a card that needs something behind it. */
export function toldByExercise(card: ExerciseCard): Told[] {
  return [
    ...toldIn('outcome', card.outcome),
    ...toldIn('counter', card.counter),
    { field: 'perspective', words: card.perspective.says, backing: card.perspective },
    ...toldIn('businessImpact', card.businessImpact),
    ...toldIn('discovered', card.discovered),
    ...(card.reflection ?? []).map((each, index) => ({
      field: `reflection[${index}]`,
      words: each.question,
      backing: each,
    })),
  ];
}

/**
 * What in a card does not fit the curriculum, one line each with its field.
 *
 * @param folder where it lies below specs/: `01-foundation/02-flat-network`
 */
export function exerciseCardFaults(card: ExerciseCard, folder: string, curriculum: Curriculum): string[] {
  const shape = shapeFaults(card);
  if (shape.length > 0) return shape;
  return [...placeFaults(card, folder, curriculum), ...backingFaults(toldByExercise(card), curriculum)];
}

function shapeFaults(card: ExerciseCard): string[] {
  const present = (name: string) => name in card;
  const optionals = Object.keys(optional) as Optional[];
  const must = [
    ...Object.keys(required),
    ...optionals.filter((name) => demanded[name].includes(card.id)),
    ...(present('platformAnswer') ? ['counter'] : []),
    ...(present('counter') ? ['platformAnswer'] : []),
  ];
  const missing = [...new Set(must)].filter((name) => !present(name));
  const fields = { ...required, ...optional };
  return [
    ...missing.map((name) => `${name}: is missing`),
    ...seedFaults(card),
    ...unknownFields(card, ['id', 'reflection', ...Object.keys(fields)]),
    ...(Object.keys(fields) as (keyof typeof fields)[])
      .filter(present)
      .flatMap((name) => fieldFaults(name, card[name], fields[name])),
  ];
}

/** A course text that has the words of the other side is named. */
function seedFaults({ id, platformAnswer }: ExerciseCard): string[] {
  const needed = demanded.platformAnswer.includes(id) && platformAnswer !== undefined;
  return needed && platformAnswer.seed === undefined ? ['platformAnswer: does not say where the text has it'] : [];
}

function placeFaults({ id, reflection }: ExerciseCard, folder: string, { modules }: Curriculum): string[] {
  const module = modules.find((each) => folder.startsWith(`${each.folder}/`));
  const exercise = module?.exercises.find((each) => each.id === id);
  if (exercise === undefined || !needsCard(id)) return [`id: ${id} is no numbered exercise of the module`];
  const number = Number(/\/(\d+)-/.exec(folder)?.[1]);
  const asks = exercise.assertions.some(({ follows }) => follows === 'reflection');
  const answers = reflection !== undefined && reflection.length > 0;
  return [
    ...(id.endsWith(`.e${number}`) ? [] : [`id: ${id} does not belong into ${folder}`]),
    ...(asks && !answers ? [`reflection: the questions of ${id} are not answered`] : []),
    ...(answers && !asks ? [`reflection: ${id} asks no questions`] : []),
  ];
}
