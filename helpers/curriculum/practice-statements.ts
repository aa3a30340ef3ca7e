/** Sentences for customers that belong to no module: values and comparisons. */
import type { FiledStatement } from './cards.ts';
import { readComparisons } from './comparisons.ts';
import type { Curriculum } from './curriculum.ts';
import { toldIn } from './statement.ts';
import { readValues, toldByValue } from './values.ts';

/** Every sentence of specs/practice that has something behind it. */
export async function readPracticeStatements(curriculum: Curriculum): Promise<FiledStatement[]> {
  const [values, comparisons] = [await readValues(curriculum), await readComparisons(curriculum)];
  return [
    ...values.flatMap((value) =>
      toldByValue(value).map((told) => ({ told, of: `value to ${value.customer}`, path: 'practice/values.yaml' })),
    ),
    ...comparisons.flatMap(({ beside, notes }) =>
      toldIn('notes', notes).map((told) => ({ told, of: beside, path: 'practice/competition.yaml' })),
    ),
  ];
}
