/** Whether the figures of a story fit one another: R.8. */
import { halfUp, percentOf } from './figures.ts';
import type { Inputs } from './inputs.ts';
import { linesOf, totals } from './value.ts';

/** What the story says about the team, beside what its table of costs books. */
export interface Plausibility {
  /** Developer hours per month that go into infrastructure, if the story is right, and their price. */
  readonly told: { readonly hours: number; readonly dollars: number };
  /** Developer hours per month in the table. */
  readonly bookedHours: number;
  readonly bookedPercentOfTold: number;
  readonly bookedPercentOfAll: number;
  /** Operations hours in the table, in percent of all that the team has. */
  readonly operationsPercent: number;
  /** Monitoring set up by hand for every service, once, in dollars. */
  readonly monitoringOnce: number;
  readonly developersPerOperator: number;
}

/** Hours are valued at the mean rate of the developers' lines. */
export function plausibilityOf({ team, costs }: Inputs): Plausibility {
  const hoursOf = (group: 'developers' | 'operations') =>
    linesOf(costs, group).reduce((sum, { quantity }) => sum + quantity, 0);
  const bookedHours = hoursOf('developers');
  const rate = bookedHours === 0 ? 0 : totals(linesOf(costs, 'developers')).cost / bookedHours;
  const allHours = team.developers * team.hoursPerMonth;
  const toldHours = (allHours * team.infrastructurePercent) / 100;
  return {
    told: { hours: toldHours, dollars: halfUp(toldHours * rate) },
    bookedHours,
    bookedPercentOfTold: toldHours === 0 ? 0 : percentOf(bookedHours, toldHours),
    bookedPercentOfAll: percentOf(bookedHours, allHours),
    operationsPercent: percentOf(hoursOf('operations'), team.operationsEngineers * team.hoursPerMonth),
    monitoringOnce: halfUp(team.services * team.monitoringHoursPerService * rate),
    developersPerOperator: team.developers / team.operationsEngineers,
  };
}

/** What a monthly growth comes to in a year, as a factor with two decimals. */
export function yearlyGrowth(monthlyPercent: number): number {
  return halfUp((1 + monthlyPercent / 100) ** 12, 2);
}
