import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { capabilities } from '../record/capabilities.ts';
import { specsDir } from '../system/paths.ts';
import { type Source, sourceFaults } from './sources.ts';

const kinds = ['control', 'positive', 'negative', 'disproof', 'measured', 'artefact'] as const;
const evidence = ['run', 'source', 'known', 'maths', 'reading', 'reasoning'] as const;

/** One thing that must be seen; the words are explained at the top of specs/curriculum/m1.yaml. */
export interface Assertion {
  readonly id: string;
  readonly kind: readonly (typeof kinds)[number][];
  readonly needs: readonly string[];
  readonly errata?: readonly string[];
  /**
   * It is not asserted by an exercise, but holds when what this part of the module's card, or the troubleshooting index,
   * cites is proven, or when these assertions of other exercises are.
   */
  readonly follows?: 'reflection' | 'objections' | 'troubleshooting' | readonly string[];
  readonly waits?: boolean;
  readonly requires: string;
}

/** An exercise and what it must prove. */
export interface CurriculumExercise {
  readonly id: string;
  readonly title: string;
  readonly learn: string;
  readonly needs: readonly string[];
  readonly errata?: readonly string[];
  readonly assertions: readonly Assertion[];
}

/** A module of the course. */
export interface CurriculumModule {
  readonly module: string;
  readonly title: string;
  /** Its folder under specs/. */
  readonly folder: string;
  /** What belongs to it and is not taught yet: ids of exercises, or of assertions. */
  readonly stillToCome?: readonly string[];
  readonly exercises: readonly CurriculumExercise[];
}

/** A claim that is wrong: of the course text, or told elsewhere. */
export interface KnownErratum {
  readonly id: string;
  readonly evidence: readonly (typeof evidence)[number][];
  /** Exercise that is still to come, and takes it up. */
  readonly later?: string;
  /** It is about the course texts as a whole, and the front page of the report shows it. */
  readonly frontPage?: boolean;
  readonly claim: string;
  /** Who tells it where it is no course text: a source in sources.yaml, or `many`. */
  readonly toldBy?: string;
  readonly truth: string;
  /** Id of a source in sources.yaml that says so. */
  readonly source?: string;
  /** Tracker to which it can be reported, where it is a fault of Istio or of its documentation. */
  readonly reportTo?: string;
  /** Regular expressions for words that would repeat the claim. */
  readonly phrases?: readonly string[];
}

/** All that the course must prove, all that it sets right, and all that it cites. */
export interface Curriculum {
  readonly modules: readonly CurriculumModule[];
  readonly errata: readonly KnownErratum[];
  /** Regular expressions for words that say nothing. */
  readonly slogans: readonly string[];
  readonly sources: readonly Source[];
}

/**
 * Reads specs/curriculum.
 *
 * @throws with every fault found, when the files contradict themselves
 */
export async function readCurriculum(dir = join(specsDir, 'curriculum')): Promise<Curriculum> {
  const files = (await Array.fromAsync(glob('*.yaml', { cwd: dir }))).toSorted((a, b) => (a < b ? -1 : 1));
  const read = async (file: string) => parse(await readFile(join(dir, file), 'utf8')) as unknown;
  const modules = await Promise.all(files.filter((file) => /^m\d/.test(file)).map(read));
  const { errata, slogans } = (await read('errata.yaml')) as Pick<Curriculum, 'errata' | 'slogans'>;
  const { sources } = (await read('sources.yaml')) as Pick<Curriculum, 'sources'>;
  const curriculum = { modules: modules as CurriculumModule[], errata, slogans, sources };
  const faults = curriculumFaults(curriculum);
  if (faults.length > 0) throw new Error(`The curriculum has faults:\n${faults.join('\n')}`);
  return curriculum;
}

/** Every assertion of the curriculum, in its order. */
export function assertionsOf({ modules }: Pick<Curriculum, 'modules'>): Assertion[] {
  return modules.flatMap(({ exercises }) => exercises.flatMap(({ assertions }) => assertions));
}

/** True of what is not taught yet: what a module that is there has still to come, and all of those that are not there. */
export function isToCome(id: string, { modules }: Pick<Curriculum, 'modules'>): boolean {
  const isWithin = (whole: string) => id === whole || id.startsWith(`${whole}.`);
  const own = modules.find(({ module }) => isWithin(module));
  return own === undefined || (own.stillToCome ?? []).some(isWithin);
}

/** Exercises and assertions of the curriculum that have to do with an erratum, by their ids. */
export function placesOfErratum({ modules }: Pick<Curriculum, 'modules'>, erratum: string): string[] {
  const exercises = modules.flatMap((module) => module.exercises);
  const rows = [...exercises.flatMap((exercise) => exercise.assertions), ...exercises];
  const places = rows.filter(({ errata = [] }) => errata.includes(erratum)).map(({ id }) => id);
  return places.filter((id) => !places.some((other) => other.startsWith(`${id}.`)));
}

/** What contradicts itself in a curriculum, one line each; none when it is sound. */
export function curriculumFaults(curriculum: Curriculum): string[] {
  const { modules, errata, sources } = curriculum;
  const exercises = modules.flatMap((module) => module.exercises);
  const assertions = assertionsOf(curriculum);
  const rows = [...exercises, ...assertions];
  const ids = [...rows, ...errata, ...sources].map(({ id }) => id);
  const unknown = (id: string, words: readonly string[], known: readonly string[]) =>
    words.filter((word) => !known.includes(word)).map((word) => `${id}: ${word} is not known`);
  const listed = errata.map(idOf);
  const isTaught = (id: string) => !isToCome(id, curriculum);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id}: stands there twice`),
    ...exercises.flatMap(({ id, assertions: own }) =>
      own.filter((row) => !row.id.startsWith(`${id}.`)).map((row) => `${row.id}: does not belong to ${id}`),
    ),
    ...assertions.flatMap(({ id, kind }) => (kind.length === 0 ? [`${id}: is of no kind`] : unknown(id, kind, kinds))),
    ...rows.flatMap(({ id, needs }) => unknown(id, needs, Object.keys(capabilities))),
    ...rows.flatMap(({ id, errata: named = [] }) => unknown(id, named, listed)),
    ...assertions.flatMap(({ id, follows = [] }) =>
      typeof follows === 'string' ? [] : unknown(id, follows.filter(isTaught), assertions.map(idOf)),
    ),
    ...errata.flatMap((erratum) => unknown(erratum.id, erratum.evidence, evidence)),
    ...errata.flatMap(({ id, source }) => unknown(id, source === undefined ? [] : [source], sources.map(idOf))),
    ...errata.flatMap(({ id, toldBy = 'many' }) => unknown(id, [toldBy], ['many', ...sources.map(idOf)])),
    ...errata
      .filter(({ reportTo }) => reportTo !== undefined && !URL.canParse(reportTo))
      .map(({ id }) => `${id}: can be reported to no page`),
    ...errata
      .filter(({ later }) => later !== undefined && isTaught(later))
      .map(({ id, later }) => `${id}: ${later} is not later`),
    ...modules.flatMap(({ module, stillToCome = [] }) =>
      stillToCome
        .filter((id) => !id.startsWith(`${module}.`) || rows.some((row) => `${row.id}.`.startsWith(`${id}.`)))
        .map((id) => `${module}: ${id} is not still to come`),
    ),
    ...errata
      .filter(
        ({ id, later, frontPage }) => !frontPage && later === undefined && placesOfErratum(curriculum, id).length === 0,
      )
      .map(({ id }) => `${id}: no exercise has to do with it`),
    ...sourceFaults(sources),
  ];
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
