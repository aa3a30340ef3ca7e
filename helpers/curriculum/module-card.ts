import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import { assertionsOf, type Curriculum } from './curriculum.ts';

/** Something said to the persona, and what stands behind it. */
export interface Answer {
  readonly answer: string;
  /** Assertion ids of the curriculum. */
  readonly provenBy?: readonly string[];
  /** Nothing proves it: it is a judgement, and says so. */
  readonly opinion?: boolean;
  /** Exercises of modules still to come that take it up. */
  readonly later?: readonly string[];
}

/** What the report says of a module before its exercises; read from its module.yaml. */
export interface ModuleCard {
  readonly module: string;
  readonly persona: string;
  readonly role: string;
  readonly situation: string;
  readonly pressure: readonly string[];
  readonly needs: readonly (Answer & { readonly need: string })[];
  readonly objections: readonly (Answer & { readonly objection: string })[];
  /** Tables that no result backs. */
  readonly opinions: readonly {
    readonly title: string;
    readonly heads: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly reflection: readonly {
    readonly exercise: string;
    readonly questions: readonly (Answer & { readonly question: string })[];
  }[];
}

/**
 * Reads the card of each module.
 *
 * @throws with every fault found, when a card does not fit the curriculum
 */
export async function readModuleCards(curriculum: Curriculum): Promise<ModuleCard[]> {
  const files = (await Array.fromAsync(glob('*/module.yaml', { cwd: specsDir }))).toSorted((a, b) => (a < b ? -1 : 1));
  const cards = await Promise.all(
    files.map(async (file) => parse(await readFile(join(specsDir, file), 'utf8')) as ModuleCard),
  );
  const faults = cards.flatMap((card) => moduleCardFaults(card, curriculum));
  if (faults.length > 0) throw new Error(`Cards of modules have faults:\n${faults.join('\n')}`);
  return cards;
}

/** An answer and the words it answers. */
type AnswerTo = Answer & { readonly to: string };

/** Every answer of a card: to needs, to objections, to questions. */
export function answersOf({ needs, objections, reflection }: ModuleCard): AnswerTo[] {
  const questions = reflection.flatMap((each) => each.questions);
  return [
    ...needs.map((each) => Object.assign({ to: each.need }, each)),
    ...objections.map((each) => Object.assign({ to: each.objection }, each)),
    ...questions.map((each) => Object.assign({ to: each.question }, each)),
  ];
}

/** Ids that an assertion which no exercise asserts rests on: those that its part of the card cites. */
export function citedFor(id: string, follows: 'reflection' | 'objections', card: ModuleCard): string[] {
  const answers: readonly Answer[] =
    follows === 'objections'
      ? card.objections
      : card.reflection.filter(({ exercise }) => id.startsWith(`${exercise}.`)).flatMap(({ questions }) => questions);
  return [...new Set(answers.flatMap(({ provenBy = [] }) => provenBy))];
}

/** What in a card does not fit the curriculum, one line each. */
export function moduleCardFaults(card: ModuleCard, curriculum: Curriculum): string[] {
  const own = curriculum.modules.find(({ module }) => module === card.module);
  if (own === undefined) return [`${card.module}: is not in the curriculum`];
  const asked = own.exercises.filter((each) => each.assertions.some((row) => row.follows === 'reflection'));
  const answered = card.reflection.map(({ exercise }) => exercise);
  return [
    ...answersOf(card).flatMap((answer) => answerFaults(answer, curriculum)),
    ...asked.filter(({ id }) => !answered.includes(id)).map(({ id }) => `${id}: its questions are not answered`),
    ...answered.filter((id) => !asked.some((each) => each.id === id)).map((id) => `${id}: asks no questions`),
  ];
}

function answerFaults({ to, provenBy = [], opinion = false, later = [] }: AnswerTo, curriculum: Curriculum): string[] {
  const asserted = assertionsOf(curriculum).filter(({ follows }) => follows === undefined);
  const missing = provenBy.filter((cited) => !asserted.some(({ id }) => id === cited));
  const notLater = later.filter((id) => curriculum.modules.some(({ module }) => id.startsWith(`${module}.`)));
  const backed = provenBy.length > 0;
  const faults = [
    ...missing.map((id) => `cites ${id}, which no exercise can assert`),
    ...notLater.map((id) => `puts ${id} off, which is not later`),
    ...(backed || opinion ? [] : ['cites nothing and is not labelled as opinion']),
    ...(backed && opinion ? ['is labelled as opinion and cites results'] : []),
  ];
  return faults.map((fault) => `“${to}” ${fault}`);
}
