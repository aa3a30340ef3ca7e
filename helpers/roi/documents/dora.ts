import { doraChange } from '../dora.ts';
import { count, percent } from '../figures.ts';
import type { Change, WholeInputs } from '../inputs.ts';
import type { Measurement } from '../measurements.ts';

/** Four of DORA's metrics before and after, as Markdown. */
export function doraDocument(
  { company, dora }: Pick<WholeInputs, 'company' | 'dora'>,
  measurements: readonly Measurement[],
): string {
  const change = doraChange(dora);
  const { deploymentsPerWeek, leadTimeDays, changeFailurePercent, recoverySeconds } = dora;
  const days = ({ best, worst }: { best: number; worst: number }) => `${count(best)} to ${count(worst)} days`;
  return [
    `# DORA metrics of ${company}: before and after`,
    metric('Deployment frequency', [
      `Before: ${count(deploymentsPerWeek.before)} a week`,
      `After: ${count(deploymentsPerWeek.after)} a week (${basis(deploymentsPerWeek, measurements)})`,
      `Change: ${count(change.frequencyFactor)} times as often; ${count(change.workdayFactor)} times if nobody deploys at the weekend`,
    ]),
    metric('Lead time for changes', [
      `Before: ${days(leadTimeDays.before)}`,
      `After: ${days(leadTimeDays.after)} (${leadTimeDays.basis})`,
      `Change: ${percent(change.leadTime.worst)} less at worst, ${percent(change.leadTime.midpoint)} between the middles, ${percent(change.leadTime.best)} at best`,
    ]),
    metric('Change failure rate', [
      `Before: ${count(changeFailurePercent.before)} %`,
      `After: ${count(changeFailurePercent.after)} % (${basis(changeFailurePercent, measurements)})`,
      `Change: ${percent(change.changeFailure)} less. What remains still causes downtime`,
    ]),
    metric('Failed deployment recovery time (once called mean time to recovery)', [
      `Before: ${count(recoverySeconds.before)} seconds`,
      `After: ${count(recoverySeconds.after)} seconds (${basis(recoverySeconds, measurements)})`,
      `Change: ${percent(change.recovery)} less`,
      'Not in it: noticing the failure and deciding to roll back. Calls that fail until then have failed for customers',
    ]),
  ].join('\n\n');
}

function metric(name: string, lines: readonly string[]): string {
  return `## ${name}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function basis({ basis: of, measuredBy }: Change, measurements: readonly Measurement[]): string {
  if (measuredBy === undefined) return of;
  const run = measurements.find(({ exercise }) => exercise === measuredBy)?.run;
  return run === undefined ? `${of}; ${measuredBy}: not measured in this run` : `measured by ${measuredBy}, run ${run}`;
}
