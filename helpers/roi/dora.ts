/**
 * Four of DORA's metrics before and after: R.9. What used to be mean time to recovery is called failed deployment
 * recovery time now: https://dora.dev/guides/dora-metrics/
 */
import { halfUp, reductionPercent } from './figures.ts';
import type { WholeInputs } from './inputs.ts';

/** How much better each metric gets. */
export interface DoraChange {
  /** After over before. */
  readonly frequencyFactor: number;
  /** The same if nobody deploys at the weekend. */
  readonly workdayFactor: number;
  /** By how many percent the lead time falls: worst pairing, middle of both ranges, best pairing. */
  readonly leadTime: { readonly worst: number; readonly midpoint: number; readonly best: number };
  readonly changeFailure: number;
  readonly recovery: number;
}

const workdays = 5 / 7;

/** Percentages are reductions. */
export function doraChange(dora: WholeInputs['dora']): DoraChange {
  const { deploymentsPerWeek: deployments, leadTimeDays: lead, changeFailurePercent, recoverySeconds } = dora;
  const middle = ({ best, worst }: { best: number; worst: number }) => (best + worst) / 2;
  const factor = deployments.after / deployments.before;
  return {
    frequencyFactor: halfUp(factor, 1),
    workdayFactor: halfUp(factor * workdays, 1),
    leadTime: {
      worst: reductionPercent(lead.before.best, lead.after.worst),
      midpoint: reductionPercent(middle(lead.before), middle(lead.after)),
      best: reductionPercent(lead.before.worst, lead.after.best),
    },
    changeFailure: reductionPercent(changeFailurePercent.before, changeFailurePercent.after),
    recovery: reductionPercent(recoverySeconds.before, recoverySeconds.after),
  };
}
