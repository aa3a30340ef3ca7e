/** Whether the figures of a story fit one another: R.8. */
import { halfUp, percentOf } from './figures.ts';
import type { Inputs } from './inputs.ts';
import { linesOf, totals } from './value.ts';

/** What the story says about the team, beside what its table of costs books. */
export interface Plausibility {
  /** Developer hours per month that go into infrastructure, if the story is right, and their price. */
  readonly told: { readonly hours: number; readonly dollars: number } | undefined;
  /** Developer hours per month in the table. */
  readonly bookedHours: number;
  readonly bookedPercentOfTold: number | undefined;
  readonly bookedPercentOfAll: number;
  /** Operations hours in the table, in percent of all that the team has. */
  readonly operationsPercent: number;
  /** Monitoring set up by hand for every service, once, in dollars. */
  readonly monitoringOnce: number | undefined;
  readonly developersPerOperator: number;
}

/** Hours are valued at the mean rate of the developers' lines. What the story does not tell is undefined. */
export function plausibilityOf({ team, costs }: Inputs): Plausibility {
  const hoursOf = (group: 'developers' | 'operations') =>
    linesOf(costs, group).reduce((sum, { quantity }) => sum + quantity, 0);
  const bookedHours = hoursOf('developers');
  const rate = bookedHours === 0 ? 0 : totals(linesOf(costs, 'developers')).cost / bookedHours;
  const allHours = team.developers * team.hoursPerMonth;
  const { infrastructurePercent: share, monitoringHoursPerService: monitoring } = team;
  const toldHours = share === undefined ? undefined : (allHours * share) / 100;
  return {
    told: toldHours === undefined ? undefined : { hours: toldHours, dollars: halfUp(toldHours * rate) },
    bookedHours,
    bookedPercentOfTold: toldHours === undefined ? undefined : toldHours === 0 ? 0 : percentOf(bookedHours, toldHours),
    bookedPercentOfAll: percentOf(bookedHours, allHours),
    operationsPercent: percentOf(hoursOf('operations'), team.operationsEngineers * team.hoursPerMonth),
    monitoringOnce: monitoring === undefined ? undefined : halfUp(team.services * monitoring * rate),
    developersPerOperator: team.developers / team.operationsEngineers,
  };
}

/** What a monthly growth comes to in a year, as a factor with two decimals. */
export function yearlyGrowth(monthlyPercent: number): number {
  return halfUp((1 + monthlyPercent / 100) ** 12, 2);
}
