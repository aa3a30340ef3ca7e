/** The cards of the course: what the report says of modules and of exercises besides their claims. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type ExerciseCard, exerciseCardFaults, needsCard, toldByExercise } from './exercise-card.ts';
import { type ModuleCard, moduleCardFaults, toldByModule } from './module-card.ts';
import type { Told } from './statement.ts';
import { readTroubleshooting, toldByIndex, type TroubleshootingIndex } from './troubleshooting.ts';

/** A card, and the folder below specs/ in which it lies. */
export type Filed<Card> = Card & { readonly folder: string };

/** Every card of the course, in its order. */
export interface Cards {
  readonly modules: readonly ModuleCard[];
  readonly exercises: readonly Filed<ExerciseCard>[];
  /** Missing where a course has none. */
  readonly troubleshooting?: TroubleshootingIndex;
}

/** A sentence of a card, with the file below specs/ that has it. */
export interface FiledStatement {
  readonly told: Told;
  readonly path: string;
  /** Module or exercise that it belongs to. */
  readonly of: string;
}

/**
 * Reads the cards of modules and exercises.
 *
 * @throws with every fault found, when they do not fit the curriculum
 */
export async function readCards(curriculum: Curriculum): Promise<Cards> {
  const modules = (await readAll('*/module.yaml')) as { path: string; card: ModuleCard }[];
  const exercises = (await readAll('*/*/exercise.yaml')) as { path: string; card: ExerciseCard }[];
  const named = new Set(exercises.map(({ card }) => card.id));
  const faults = [
    ...modules.flatMap(({ path, card }) => inFile(path, moduleCardFaults(card, curriculum))),
    ...exercises.flatMap(({ path, card }) => inFile(path, exerciseCardFaults(card, dirname(path), curriculum))),
    ...curriculum.modules.flatMap(({ folder, exercises: own }) =>
      own
        .filter(({ id }) => needsCard(id) && !named.has(id))
        .map(({ id }) => `specs/${folder}: ${id} has no exercise.yaml`),
    ),
  ];
  if (faults.length > 0) throw new Error(`Cards have faults:\n${faults.join('\n')}`);
  return {
    modules: modules.map(({ card }) => card),
    exercises: exercises.map(({ path, card }) => Object.assign(card, { folder: dirname(path) })),
    troubleshooting: await readTroubleshooting(curriculum),
  };
}

/** Ids that an assertion which no exercise asserts rests on: those that its part of the cards cites. */
export function citedFor(
  id: string,
  follows: 'reflection' | 'objections' | 'troubleshooting',
  { modules, exercises, troubleshooting }: Cards,
): string[] {
  if (follows === 'troubleshooting') {
    const told = troubleshooting === undefined ? [] : toldByIndex(troubleshooting);
    return [...new Set(told.flatMap(({ backing: { provenBy = [] } }) => provenBy))];
  }
  const answers =
    follows === 'objections'
      ? modules.filter(({ module }) => id.startsWith(`${module}.`)).flatMap(({ objections }) => objections)
      : exercises.filter((each) => id.startsWith(`${each.id}.`)).flatMap(({ reflection = [] }) => reflection);
  return [...new Set(answers.flatMap(({ provenBy = [] }) => provenBy))];
}

/** Every sentence of the cards that has something behind it. */
export function statementsOf(curriculum: Pick<Curriculum, 'modules'>, { modules, exercises }: Cards): FiledStatement[] {
  const folderOf = (id: string) => curriculum.modules.find(({ module }) => module === id)?.folder ?? id;
  return [
    ...modules.flatMap((card) =>
      toldByModule(card).map((told) => ({ told, of: card.module, path: `${folderOf(card.module)}/module.yaml` })),
    ),
    ...exercises.flatMap((card) =>
      toldByExercise(card).map((told) => ({ told, of: card.id, path: `${card.folder}/exercise.yaml` })),
    ),
  ];
}

async function readAll(pattern: string): Promise<{ path: string; card: unknown }[]> {
  const paths = (await Array.fromAsync(glob(pattern, { cwd: specsDir }))).toSorted((a, b) => (a < b ? -1 : 1));
  return Promise.all(
    paths.map(async (path) => ({ path, card: parse(await readFile(join(specsDir, path), 'utf8')) as unknown })),
  );
}

function inFile(path: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `specs/${path} ${fault}`);
}
