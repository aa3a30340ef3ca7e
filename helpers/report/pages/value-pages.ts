import { type Comparison, readComparisons } from '../../curriculum/comparisons.ts';
import { assertionStatus } from '../../curriculum/coverage.ts';
import { readCurriculum } from '../../curriculum/curriculum.ts';
import type { Statement } from '../../curriculum/statement.ts';
import { type CustomerValue, readValues } from '../../curriculum/values.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, note, section } from '../../draw/style.ts';
import { type AssertionResult, assertionResultOf } from '../../record/assertion-results.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { writeAddedPage } from './added-page.ts';
import { type Evidence, statementsHtml } from './backing.ts';

const place = { module: '00 What customers hear', exercise: '00 Value and comparisons' } as const;

/**
 * Adds what may be claimed to each kind of customer, and what stands beside Istio, to a folder of results, as two more of
 * them. A claim that the run does not prove is no fault of the page: it is moved to what is not proven.
 */
export async function writeValuePages({ facts, only, exercises }: RunRecord, draft: string): Promise<void> {
  const curriculum = await readCurriculum();
  const { errata, sources } = curriculum;
  const evidence = { assertionResults: exercises.map(assertionResultOf), errata, sources };
  const values = await readValues(curriculum);
  const cited = new Set(values.flatMap(({ claims }) => claims.flatMap(({ provenBy = [] }) => provenBy)));
  if (!evidence.assertionResults.some(({ ids }) => ids.some((id) => cited.has(id)))) return;
  const pages = [
    { id: '00-value-by-customer', title: '00 Value by customer', html: valuesHtml(values, evidence, only === '') },
    {
      id: '00-comparisons',
      title: '01 Comparisons',
      html: comparisonsHtml(await readComparisons(curriculum), evidence),
    },
  ];
  for (const page of pages) await writeAddedPage(draft, facts.startedAt, { ...page, ...place, broken: [] });
}

/** Claims of a customer that the results prove, each id of them, and those that they do not. */
export function sortedClaims(
  { claims }: Pick<CustomerValue, 'claims'>,
  results: readonly AssertionResult[],
): { readonly proven: readonly Statement[]; readonly unproven: readonly Statement[] } {
  const isProven = ({ provenBy = [] }: Statement) =>
    provenBy.length > 0 && provenBy.every((id) => assertionStatus(id, results).state === 'proven');
  return { proven: claims.filter(isProven), unproven: claims.filter((each) => !isProven(each)) };
}

/**
 * The page of values: for each kind of customer what is claimed, and what is not.
 *
 * @param isWhole whether the whole course was run; of a part it is no wonder that claims are missing
 */
export function valuesHtml(values: readonly CustomerValue[], evidence: Evidence, isWhole = true): string {
  const sorted = values.map((each) => sortedClaims(each, evidence.assertionResults));
  const proven = sorted.reduce((sum, each) => sum + each.proven.length, 0);
  const all = values.reduce((sum, { claims }) => sum + claims.length, 0);
  const part = isWhole ? 'This run' : 'This run, a part of the course,';
  const verdict = `${part} proves ${proven} of ${all} claims. Each of the others stands below as not proven.`;
  return [
    '<p>Say to a customer what is a claim here, with the result beside it. What is no claim may be true all the same: say what it is before you are asked.</p>',
    note(escapeHtml(verdict), proven === all ? 'good' : isWhole ? 'bad' : 'plain'),
    ...values.map((each, index) => customerHtml(each, sorted[index] ?? { proven: [], unproven: [] }, evidence)),
  ].join('');
}

function customerHtml(
  { customer, persona, promised, notClaimed }: CustomerValue,
  { proven, unproven }: ReturnType<typeof sortedClaims>,
  evidence: Evidence,
): string {
  const words =
    promised === undefined
      ? ''
      : `<p style="${faint}">The course text promises: <i>“${escapeHtml(promised.says)}”</i> (${escapeHtml(promised.seed ?? '')})</p>`;
  return section(
    `${escapeHtml(customer)} (${escapeHtml(persona)})`,
    [
      words,
      statementsHtml('Claim', proven, evidence),
      statementsHtml('No claim: not proven, a limit, or an opinion', [...unproven, ...notClaimed], evidence),
    ].join(''),
  );
}

/** The page of comparisons: facts with a source and its day, results of this run, opinions. */
export function comparisonsHtml(comparisons: readonly Comparison[], evidence: Evidence): string {
  return [
    '<p>Each line is a fact with its source and the day on which it was read, a result of this run, or an opinion that says so. Open a source before you quote it: pages change. There are no grids of ticks and no prices here, because they are out of date within months.</p>',
    ...comparisons.map(({ beside, ask, notes }) =>
      section(escapeHtml(beside), `<p>Ask: <i>${escapeHtml(ask)}</i></p>${statementsHtml('Note', notes, evidence)}`),
    ),
  ].join('');
}
