/** The words of the field that the sheet of concepts explains, each with the result that shows what it means. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { backingFaults } from './statement.ts';

/** What concepts.yaml says; its words are explained at its top. */
export interface Concepts {
  readonly bands: readonly { readonly title: string; readonly terms: readonly Concept[] }[];
  /** Errata that people who learn these words should know. */
  readonly wrong: readonly string[];
}

/** A term, and the assertion whose exercise explains it. */
export interface Concept {
  readonly term: string;
  readonly provenBy: string;
}

/**
 * Reads the concepts of the course.
 *
 * @throws with every fault found, when they do not fit the curriculum
 */
export async function readConcepts(
  curriculum: Curriculum,
  file = join(specsDir, 'curriculum', 'concepts.yaml'),
): Promise<Concepts> {
  const concepts = parse(await readFile(file, 'utf8')) as Concepts;
  const faults = conceptFaults(concepts, curriculum);
  if (faults.length > 0) throw new Error(`The concepts have faults:\n${faults.join('\n')}`);
  return concepts;
}

/** What in the concepts does not fit, one line each. */
export function conceptFaults({ bands, wrong }: Concepts, curriculum: Curriculum): string[] {
  const terms = bands.flatMap((band) => band.terms);
  const names = terms.map(({ term }) => term);
  return [
    ...names.filter((term, index) => names.indexOf(term) !== index).map((term) => `“${term}” stands there twice`),
    ...backingFaults(
      [
        ...terms.map(({ term, provenBy }) => ({ field: 'terms', words: term, backing: { provenBy: [provenBy] } })),
        { field: 'wrong', words: 'often told', backing: { errata: wrong } },
      ],
      curriculum,
    ),
  ];
}
