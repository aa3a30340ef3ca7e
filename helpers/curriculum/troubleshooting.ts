/** The troubleshooting index: from what is seen to the first command, its cause, and the results that show it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type Backing, backingFaults, type Statement, type Told, toldIn } from './statement.ts';

/** One symptom. */
export interface Symptom extends Backing {
  readonly symptom: string;
  /** What to type first; `<name>` and `…` stand for what differs. */
  readonly first: string;
  readonly cause: string;
}

/** What troubleshooting.yaml says; its words are explained at its top. */
export interface TroubleshootingIndex {
  readonly parts: readonly { readonly title: string; readonly rows: readonly Symptom[] }[];
  readonly operations: readonly Statement[];
}

/**
 * Reads the index of the course.
 *
 * @throws with every fault found, when it does not fit the curriculum
 */
export async function readTroubleshooting(
  curriculum: Curriculum,
  file = join(specsDir, 'curriculum', 'troubleshooting.yaml'),
): Promise<TroubleshootingIndex> {
  const index = parse(await readFile(file, 'utf8')) as TroubleshootingIndex;
  const faults = troubleshootingFaults(index, curriculum);
  if (faults.length > 0) throw new Error(`The troubleshooting index has faults:\n${faults.join('\n')}`);
  return index;
}

/** Every sentence of the index with what stands behind it; a row by its symptom. */
export function toldByIndex({ parts, operations }: TroubleshootingIndex): Told[] {
  return [
    ...parts.flatMap(({ rows }, part) =>
      rows.map((row, index) => ({ field: `parts[${part}].rows[${index}]`, words: row.symptom, backing: row })),
    ),
    ...toldIn('operations', operations),
  ];
}

/** What in an index does not fit, one line each with its field. */
export function troubleshootingFaults(index: TroubleshootingIndex, curriculum: Curriculum): string[] {
  const told = toldByIndex(index);
  return [
    ...told
      .filter(({ backing: { provenBy = [] } }) => provenBy.length === 0)
      .map(({ field, words }) => `${field}: “${words}” has no result that shows it`),
    ...index.parts
      .flatMap(({ rows }) => rows)
      .filter(({ first }) => !/^(kubectl|istioctl) /.test(first))
      .map(({ symptom }) => `“${symptom}” has no command to type first`),
    ...backingFaults(told, curriculum),
  ];
}

/**
 * True if what was typed is such a command: the words of the row stand in it, in their order. Others may stand between
 * them, such as a namespace.
 */
export function isSuchCommand(first: string, typed: string): boolean {
  const wanted = first.split(/\s+/).map(patternOf);
  let next = 0;
  for (const word of typed.split(/\s+/)) if (wanted[next]?.test(word) === true) next += 1;
  return next === wanted.length;
}

function patternOf(word: string): RegExp {
  const open = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/<[^>]+>|…/g, String.raw`\S+`);
  // A shell's quotes.
  return new RegExp(`^'?${open}'?$`);
}
