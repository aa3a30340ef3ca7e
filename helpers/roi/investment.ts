import { halfUp, percentOf } from './figures.ts';
/** What the mesh brings in against what it costs, and from when on: R.3, R.4. */
import { footprintPerYear } from './footprint.ts';
import type { Inputs } from './inputs.ts';
import { totals } from './value.ts';

/** The three figures on which return and payback rest, in dollars. */
export interface Investment {
  readonly valuePerMonth: number;
  /** Spent once, before there is any benefit. */
  readonly upfront: number;
  readonly ongoingPerYear: number;
}

/** Mean length of a month in days: 365.25 / 12. */
const daysPerMonth = 30.4375;

/** Dollars for engineers over months. */
export function engineering(perYear: number, engineers: number, months: number): number {
  return halfUp((perYear / 12) * engineers * months);
}

/** The investment that a customer's inputs describe. Machines are part of what goes on costing. */
export function investmentOf({ costs, engineerPerYear, adopt, infrastructure }: Inputs): Investment {
  const { learning, migration, operationsEngineers } = adopt;
  return {
    valuePerMonth: totals(costs).value,
    upfront:
      engineering(engineerPerYear, learning.engineers, learning.months) +
      engineering(engineerPerYear, migration.engineers, migration.months),
    ongoingPerYear: engineering(engineerPerYear, operationsEngineers, 12) + footprintPerYear(infrastructure),
  };
}

/** Gain after so many years, in dollars: value less everything spent. */
export function netValue(investment: Investment, years: number, monthsWithoutBenefit = 0): number {
  const { valuePerMonth, upfront, ongoingPerYear } = investment;
  return halfUp(valuePerMonth * Math.max(0, 12 * years - monthsWithoutBenefit) - upfront - ongoingPerYear * years);
}

/** Return on investment in percent: gain after so many years, over everything spent by then. */
export function returnPercent(investment: Investment, years: number, monthsWithoutBenefit = 0): number {
  const spent = investment.upfront + investment.ongoingPerYear * years;
  return percentOf(netValue(investment, years, monthsWithoutBenefit), spent);
}

/** Months until what was spent at first has come back, counted from the beginning; ongoing costs start with the benefit. */
export function paybackMonths(investment: Investment, monthsWithoutBenefit = 0): number | 'never' {
  const netPerMonth = investment.valuePerMonth - investment.ongoingPerYear / 12;
  return netPerMonth <= 0 ? 'never' : monthsWithoutBenefit + investment.upfront / netPerMonth;
}

/** Days with one decimal. */
export function daysOf(months: number): number {
  return halfUp(months * daysPerMonth, 1);
}

/** What must be left each month, after ongoing costs, for the first outlay to be back within so many days. */
export function netPerMonthNeeded(upfront: number, days: number): number {
  return halfUp((upfront * daysPerMonth) / days);
}

/** Net value at the end of each month from 0 on, in dollars, counted as {@link paybackMonths} does. */
export function netByMonth(investment: Investment, months: number, monthsWithoutBenefit = 0): number[] {
  const netPerMonth = investment.valuePerMonth - investment.ongoingPerYear / 12;
  return Array.from({ length: months + 1 }, (_, month) =>
    halfUp(netPerMonth * Math.max(0, month - monthsWithoutBenefit) - investment.upfront),
  );
}
