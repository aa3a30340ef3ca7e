/** What may be claimed to each kind of customer, and what may not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import type { Curriculum } from './curriculum.ts';
import { type Field, fieldFaults, unknownFields } from './fields.ts';
import { phraseFaults } from './phrases.ts';
import { backingFaults, type Quote, type Statement, type Told, toldIn } from './statement.ts';

/** One kind of customer; the words are explained at the top of specs/practice/values.yaml. */
export interface CustomerValue {
  readonly customer: string;
  readonly persona: string;
  /** What the course text promises; missing where it does not know this kind of customer. */
  readonly promised?: Quote;
  /** Each rests on results. */
  readonly claims: readonly Statement[];
  readonly notClaimed: readonly Statement[];
}

const valuesFile = join(specsDir, 'practice', 'values.yaml');
const fields = ['customer', 'persona', 'promised', 'claims', 'notClaimed'];
const statements: Field = { of: 'statements', longest: 200, least: 2, most: 6 };

/**
 * Reads the values of the course.
 *
 * @throws with every fault found, when they do not fit the curriculum
 */
export async function readValues(curriculum: Curriculum, file = valuesFile): Promise<CustomerValue[]> {
  const { customers } = parse(await readFile(file, 'utf8')) as { customers: CustomerValue[] };
  const faults = valueFaults(customers, curriculum);
  if (faults.length > 0) throw new Error(`The values by customer have faults:\n${faults.join('\n')}`);
  return customers;
}

/** Every sentence about a kind of customer. */
export function toldByValue({ claims, notClaimed }: CustomerValue): Told[] {
  return [...toldIn('claims', claims), ...toldIn('notClaimed', notClaimed)];
}

/** What in the values does not fit, one line each with the customer and the field. */
export function valueFaults(customers: readonly CustomerValue[], curriculum: Curriculum): string[] {
  return customers.flatMap((each) =>
    [
      ...unknownFields(each, fields),
      ...fieldFaults('claims', each.claims, statements),
      ...fieldFaults('notClaimed', each.notClaimed, statements),
      ...(each.promised === undefined ? [] : fieldFaults('promised', each.promised, { of: 'quote', longest: 120 })),
      ...each.claims
        .filter(({ provenBy = [] }) => provenBy.length === 0)
        .map(({ says }) => `claims: “${says}” rests on no result`),
      ...backingFaults(toldByValue(each), curriculum),
      ...phraseFaults([each.claims, each.notClaimed], curriculum),
    ].map((fault) => `${each.customer}, ${fault}`),
  );
}
