import { doraChange } from '../dora.ts';
import { halfUp } from '../figures.ts';
import type { WholeInputs } from '../inputs.ts';
import { plausibilityOf, yearlyGrowth } from '../plausibility.ts';
import type { Vector } from './vector.ts';

const none = 'not told';

/** Whether RapidScale's story fits itself, and its DORA metrics: R.8, R.9. */
export function storyVectors(inputs: WholeInputs): Vector[] {
  const plausible = plausibilityOf(inputs);
  const dora = doraChange(inputs.dora);
  return [
    ['R.8', 'hours on infrastructure, as told', plausible.told?.hours ?? none, 2_400],
    ['R.8', 'their price', plausible.told?.dollars ?? none, 360_000],
    ['R.8', 'hours in the table', plausible.bookedHours, 115],
    ['R.8', 'share of what is told', plausible.bookedPercentOfTold ?? none, 4.8],
    ['R.8', 'share of all developer time', plausible.bookedPercentOfAll, 2.9],
    ['R.8', 'share of all operations time', plausible.operationsPercent, 31.3],
    ['R.8', 'monitoring for every service, once', plausible.monitoringOnce ?? none, 480_000],
    ['R.8', '80 % of it', halfUp((plausible.monitoringOnce ?? Number.NaN) * 0.8), 384_000],
    ['R.8', 'developers for each operations engineer', plausible.developersPerOperator, 12.5],
    ['R.8', '20 % growth a month, in a year', yearlyGrowth(20), 8.92],
    ['R.9', 'deployments, factor', dora.frequencyFactor, 7],
    ['R.9', 'deployments on workdays, factor', dora.workdayFactor, 5],
    ['R.9', 'lead time, worst pairing', dora.leadTime.worst, 60],
    ['R.9', 'lead time, midpoint', dora.leadTime.midpoint, 75],
    ['R.9', 'lead time, best pairing', dora.leadTime.best, 85.7],
    ['R.9', 'change failure rate', dora.changeFailure, 80],
    ['R.9', 'recovery time', dora.recovery, 99.8],
  ];
}
