/** What a customer's inputs come to, in the figures that are compared with those of others. */
import { halfUp } from './figures.ts';
import type { Inputs } from './inputs.ts';
import { investmentOf, paybackMonths, returnPercent } from './investment.ts';
import { labourOf, totals } from './value.ts';

/** Dollars a month or a year, percentages, and months counted from the beginning with two decimals. */
export interface Results {
  readonly costPerMonth: number;
  readonly valuePerMonth: number;
  readonly savedPercent: number;
  /** People's time alone, a month. */
  readonly hardValuePerMonth: number;
  readonly upfront: number;
  readonly ongoingPerYear: number;
  /** After 1, 3 and 5 years. */
  readonly returns: readonly [number, number, number];
  readonly payback: number | 'never';
  /** With people's time alone. */
  readonly hard: { readonly fiveYears: number; readonly payback: number | 'never' };
}

/** What inputs come to, with the benefit beginning when they say. */
export function resultsOf(inputs: Inputs): Results {
  const { cost, value, savedPercent } = totals(inputs.costs);
  const start = inputs.adopt.benefitAfterMonths;
  const investment = investmentOf(inputs);
  const hardValuePerMonth = totals(labourOf(inputs.costs)).value;
  const hard = { ...investment, valuePerMonth: hardValuePerMonth };
  const rounded = (months: number | 'never') => (months === 'never' ? months : halfUp(months, 2));
  return {
    costPerMonth: cost,
    valuePerMonth: value,
    savedPercent,
    hardValuePerMonth,
    upfront: investment.upfront,
    ongoingPerYear: investment.ongoingPerYear,
    returns: [
      returnPercent(investment, 1, start),
      returnPercent(investment, 3, start),
      returnPercent(investment, 5, start),
    ],
    payback: rounded(paybackMonths(investment, start)),
    hard: { fiveYears: returnPercent(hard, 5, start), payback: rounded(paybackMonths(hard, start)) },
  };
}

/** What the value of a month must be for the first outlay to be back within so many months, in dollars with cents. */
export function valueForPayback(inputs: Inputs, months: number): number {
  const { upfront, ongoingPerYear } = investmentOf(inputs);
  return halfUp(upfront / (months - inputs.adopt.benefitAfterMonths) + ongoingPerYear / 12, 2);
}
