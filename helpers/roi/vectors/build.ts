import { cheaperLimitPercent, cheaperPercent, type Comparison, monthsToBeFaster } from '../build.ts';
import { reductionPercent } from '../figures.ts';
import { engineering } from '../investment.ts';
import type { Vector } from './vector.ts';

const engineerPerYear = 300_000;
const corrected: Comparison = {
  build: { first: 1_800_000, perYear: 600_000 },
  adopt: { first: 250_000, perYear: 150_000 },
  maintainedFrom: 'second year',
};
/** Half an engineer at the price of the course text. */
const text: Comparison = { ...corrected, adopt: { first: 250_000, perYear: 75_000 } };

function overTheYears(what: string, comparison: Comparison, byHand: readonly number[]): Vector[] {
  return [1, 3, 5, 10].map((years, index) => [
    'R.6',
    `${what}, years: ${years}`,
    cheaperPercent(comparison, years),
    byHand[index] ?? 'no such year',
  ]);
}

/** Building against adopting: R.5, R.6, R.7. */
export const buildVectors: readonly Vector[] = [
  ['R.5', '1 engineer, 1 month', engineering(engineerPerYear, 1, 1), 25_000],
  ['R.5', '6 engineers, 12 months', engineering(engineerPerYear, 6, 12), 1_800_000],
  ['R.5', '6 engineers, 18 months', engineering(engineerPerYear, 6, 18), 2_700_000],
  ['R.5', '6 engineers, 24 months', engineering(engineerPerYear, 6, 24), 3_600_000],
  ['R.5', 'maintenance, 2 engineers, 1 year', engineering(engineerPerYear, 2, 12), 600_000],
  ['R.5', 'learning, 2 engineers, 2 months', engineering(engineerPerYear, 2, 2), 100_000],
  ['R.5', 'migration, 2 engineers, 3 months', engineering(engineerPerYear, 2, 3), 150_000],
  ['R.5', 'half an engineer, 1 year', engineering(engineerPerYear, 0.5, 12), 150_000],
  ...overTheYears('cheaper, $75,000', text, [81.9, 84.2, 85.1, 86.1]),
  ...overTheYears(
    'cheaper, $75,000, maintained from year 1',
    { ...text, maintainedFrom: 'first year' },
    [86.5, 86.8, 87, 87.2],
  ),
  ['R.6', 'in the end, $75,000', cheaperLimitPercent(text), 87.5],
  ...overTheYears('cheaper, $150,000', corrected, [77.8, 76.7, 76.2, 75.7]),
  ...overTheYears(
    'cheaper, $150,000, maintained from year 1',
    { ...corrected, maintainedFrom: 'first year' },
    [83.3, 80.6, 79.2, 77.6],
  ),
  ['R.6', 'in the end, $150,000', cheaperLimitPercent(corrected), 75],
  ['R.7', '3 months instead of 18', reductionPercent(18, 3), 83.3],
  ['R.7', '3 months instead of 24', reductionPercent(24, 3), 87.5],
  ['R.7', '5 months instead of 18', reductionPercent(18, 5), 72.2],
  ['R.7', '5 months instead of 24', reductionPercent(24, 5), 79.2],
  ['R.7', '0.9 months instead of 18', reductionPercent(18, 0.9), 95],
  ['R.7', '1.2 months instead of 24', reductionPercent(24, 1.2), 95],
  ['R.7', '95 % faster than 18 months', monthsToBeFaster(18, 95), 0.9],
  ['R.7', '95 % faster than 24 months', monthsToBeFaster(24, 95), 1.2],
];
