/** What of the course itself a month may have changed: errata, sources, claims to customers, and their calculation. */
import type { Curriculum, KnownErratum } from '../curriculum/curriculum.ts';
import { agedSources } from '../curriculum/sources.ts';
import type { CustomerValue } from '../curriculum/values.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { sortedClaims } from '../report/pages/value-pages.ts';
import { count } from '../roi/figures.ts';
import { type Measurement, measurementsOf } from '../roi/measurements.ts';
import type { Profile } from '../roi/profiles.ts';
import { resultsOf } from '../roi/results.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { counted, type Item } from './item.ts';

/** Errata that nothing shows, and sources that should be read again. */
export function errataItem(
  { errata, sources }: Pick<Curriculum, 'errata' | 'sources'>,
  open: readonly KnownErratum[],
  today: Date,
): Item {
  const { warnings, faults } = agedSources(sources, today);
  const short = (line: string) => line.replace(/^specs\/curriculum\/sources\.yaml /, '');
  return {
    title: 'Errata',
    state: faults.length > 0 ? 'bad' : open.length + warnings.length > 0 ? 'look' : 'good',
    says: `${open.length} of ${errata.length} shown by nothing; ${counted(warnings.length + faults.length, 'source')} to be read again (make sources).`,
    lines: [
      ...faults.map((line) => `must be read again: ${short(line)}`),
      ...warnings.map((line) => `should be read again: ${short(line)}`),
      ...open.map(({ id, claim, later }) => `${id}${later === undefined ? '' : ` (later ${later})`}: “${claim}”`),
    ],
  };
}

/** Which claims to customers the run proves, and which of them it did not prove or had not proven before. */
export function claimsItem(values: readonly CustomerValue[], run: RunRecord, before: RunRecord | undefined): Item {
  const claims = (record: RunRecord) => {
    const results = record.exercises.map(assertionResultOf);
    return values.map((value) => ({ customer: value.customer, ...sortedClaims(value, results) }));
  };
  const now = claims(run);
  const then = before === undefined ? undefined : claims(before);
  const proven = now.reduce((sum, each) => sum + each.proven.length, 0);
  const all = values.reduce((sum, each) => sum + each.claims.length, 0);
  const wasProven = (customer: string, says: string) =>
    then?.some((each) => each.customer === customer && each.proven.some((claim) => claim.says === says));
  const lost = now.flatMap(({ customer, unproven }) =>
    unproven.map(({ says }) => {
      const how = wasProven(customer, says) === true ? 'no longer a claim' : 'not proven';
      return `${how} for ${customer}: ${says}`;
    }),
  );
  const won = now.flatMap(({ customer, proven: own }) =>
    own
      .filter(({ says }) => wasProven(customer, says) === false)
      .map(({ says }) => `a claim now for ${customer}, and none then: ${says}`),
  );
  return {
    title: 'Claims',
    state: lost.length + won.length > 0 ? 'look' : 'good',
    says: `${proven} of ${all} claims to customers are proven by this run.`,
    lines: [...lost, ...won],
  };
}

/** What each customer's calculation comes to, and what the course measured for it, beside the earlier run's figures. */
export function returnsItem(profiles: readonly Profile[], run: RunRecord, before: RunRecord | undefined): Item {
  const [now, then] = [measurementsOf(run), before === undefined ? [] : measurementsOf(before)];
  const cited = new Set(
    profiles.flatMap(({ inputs: { dora, relatedMeasurements } }) => [
      ...(dora?.recoverySeconds.measuredBy === undefined ? [] : [dora.recoverySeconds.measuredBy]),
      ...relatedMeasurements.map(({ measuredBy }) => measuredBy),
    ]),
  );
  const missing = [...cited].filter((id) => !now.some(({ exercise }) => exercise === id));
  return {
    title: 'Returns',
    state: missing.length > 0 ? 'look' : 'good',
    says: `${counted(profiles.length, 'profile')} calculated; ${cited.size - missing.length} of ${cited.size} measurements that they cite are of this run.`,
    lines: [
      ...profiles.map(({ inputs }) => {
        const { payback, returns } = resultsOf(inputs);
        return `${inputs.company}: payback ${payback === 'never' ? 'never' : `${payback} months`}, return after 5 years ${returns[2]} %`;
      }),
      ...missing.map((id) => `not measured: ${id}`),
      ...now.filter(({ exercise }) => cited.has(exercise)).map((each) => measuredLine(each, then)),
    ],
  };
}

function measuredLine({ exercise, what, value, unit }: Measurement, then: readonly Measurement[]): string {
  const earlier = then.find((each) => each.exercise === exercise && each.what === what);
  const was = earlier === undefined ? '' : `, ${count(earlier.value)} then`;
  return `${exercise}: ${what}: ${count(value)} ${unit}${was}`;
}
