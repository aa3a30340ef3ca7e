/** What stands beside Istio: facts with a source and a day, results of the course, or opinions. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type Field, fieldFaults, unknownFields } from './fields.ts';
import { phraseFaults } from './phrases.ts';
import { backingFaults, type Statement, toldIn } from './statement.ts';

/** One other way to do it; the words are explained at the top of specs/practice/competition.yaml. */
export interface Comparison {
  readonly beside: string;
  /** What to ask a customer who has it. */
  readonly ask: string;
  readonly notes: readonly Statement[];
}

const comparisonsFile = join(specsDir, 'practice', 'competition.yaml');
const question: Field = { of: 'text', longest: 160 };
const statements: Field = { of: 'statements', longest: 200, least: 1, most: 6 };
/** Words that rank instead of telling. */
const ranking = /\b(leader|leading|mature|maturity|best|market share|enterprise-grade|winner)\b/i;

/**
 * Reads the comparisons of the course.
 *
 * @throws with every fault found, when they do not fit the curriculum
 */
export async function readComparisons(curriculum: Curriculum, file = comparisonsFile): Promise<Comparison[]> {
  const { comparisons } = parse(await readFile(file, 'utf8')) as { comparisons: Comparison[] };
  const faults = comparisonFaults(comparisons, curriculum);
  if (faults.length > 0) throw new Error(`The comparisons have faults:\n${faults.join('\n')}`);
  return comparisons;
}

/** What in the comparisons does not fit, one line each with whom it is about. */
export function comparisonFaults(comparisons: readonly Comparison[], curriculum: Curriculum): string[] {
  return comparisons.flatMap((each) =>
    [
      ...unknownFields(each, ['beside', 'ask', 'notes']),
      ...fieldFaults('ask', each.ask, question),
      ...fieldFaults('notes', each.notes, statements),
      ...backingFaults(toldIn('notes', each.notes), curriculum),
      ...each.notes
        .filter(
          ({ provenBy = [], source, opinion = false }) => provenBy.length === 0 && source === undefined && !opinion,
        )
        .map(({ says }) => `notes: “${says}” is a fact without a source`),
      ...each.notes.flatMap(({ says }) => {
        const [word] = ranking.exec(says) ?? [];
        return word === undefined ? [] : [`notes: “${word}” ranks, and tells nothing`];
      }),
      ...phraseFaults(each.notes, curriculum),
    ].map((fault) => `${each.beside}, ${fault}`),
  );
}
