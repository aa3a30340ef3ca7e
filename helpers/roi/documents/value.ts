import type { CostLine, Group } from '../cost-line.ts';
import { count, halfUp, money, percent, percentOf } from '../figures.ts';
import { footprintPerYear } from '../footprint.ts';
import type { Inputs } from '../inputs.ts';
import { daysOf, type Investment, investmentOf, netValue, paybackMonths, returnPercent } from '../investment.ts';
import type { Measurement } from '../measurements.ts';
import { sensitivity } from '../sensitivity.ts';
import { cautious, labourOf, linesOf, savingOf, totals } from '../value.ts';
import { basisOfInputs } from './basis.ts';
import { headings } from './costs.ts';

/** Years after which the result is judged in the sensitivity. */
export const horizonYears = 3;

/** What the mesh saves per month, what it returns, and what that hangs on, as Markdown. */
export function valueDocument(inputs: Inputs, measurements: readonly Measurement[]): string {
  const { company, costs, adopt, infrastructure, relatedMeasurements: related } = inputs;
  const all = totals(costs);
  const investment = investmentOf(inputs);
  const labour = totals(labourOf(costs));
  const hard = { ...investment, valuePerMonth: labour.value };
  const careful = totals(cautious(costs));
  const business = totals(linesOf(costs, 'business')).value;
  const start = adopt.benefitAfterMonths;
  const machines = footprintPerYear(infrastructure);
  const bare = { ...investment, ongoingPerYear: investment.ongoingPerYear - machines };
  return [
    `# What a service mesh is worth to ${company} per month`,
    ...(Object.keys(headings) as Group[]).map((group) => section(group, linesOf(costs, group))),
    `**Total value per month: ${money(all.value)}**, which is ${percent(all.savedPercent)} of the cost saved. That share is no return on investment: it says nothing of what was spent.`,
    [
      all.value === 0 ? '' : `- Downtime and delay are ${percent(percentOf(business, all.value))} of the value.`,
      `- Hard savings only, people's time: ${money(labour.value)} of ${money(labour.cost)} (${percent(labour.savedPercent)}).`,
      `- As far as the other figures of the story support it: ${money(careful.value)} (${percent(careful.savedPercent)}).`,
      ...costs.flatMap(({ saving }) =>
        saving.cautiousPercent === undefined
          ? []
          : [`  - ${saving.name}: ${saving.cautiousPercent} %, because ${saving.because ?? 'that is safer'}`],
      ),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    '## Return on investment',
    `Spent at first: ${money(investment.upfront)}. Each year, from the first on: ${money(investment.ongoingPerYear)}, of which ${money(machines)} for machines.`,
    returns(investment, hard, { ...investment, valuePerMonth: careful.value }, start),
    `Without the machines, and with benefit from the first day: ${[1, 3, 5].map((years) => percent(returnPercent(bare, years))).join(', ')}. So many workshops count; both omissions flatter.`,
    '## Payback',
    [
      `- With all the benefit from the first day: ${duration(paybackMonths(investment))}`,
      `- With benefit after ${count(start)} months: ${duration(paybackMonths(investment, start))}`,
      `- The same, without the machines: ${duration(paybackMonths(bare, start))}`,
      `- With benefit after ${count(start)} months, hard savings only: ${duration(paybackMonths(hard, start))}`,
    ].join('\n'),
    `## What the result hangs on`,
    `Net value after ${horizonYears} years is ${money(netValue(investment, horizonYears, start))}. With one input half as high, and half as high again:`,
    sensitivityTable(inputs),
    '## Where the figures come from',
    basisOfInputs(inputs),
    ...(related.length === 0 ? [] : ['## What the course measured beside them', beside(related, measurements)]),
    '## Measured by this suite',
    measured(measurements),
  ].join('\n\n');
}

function section(group: Group, lines: readonly CostLine[]): string {
  const rows = lines.map(
    (line) =>
      `- ${line.saving.name}: ${line.saving.percent} % = ${money(savingOf(line))} (${line.saving.basis})${limitOf(line)}`,
  );
  return `## ${headings[group]}: ${money(totals(lines).value)}\n\n${rows.join('\n') || '- nothing'}`;
}

/** Why a saving is no larger, where no cautious figure says it below. */
function limitOf({ saving: { because, cautiousPercent } }: CostLine): string {
  return because === undefined || cautiousPercent !== undefined ? '' : `; ${because}`;
}

function returns(all: Investment, hard: Investment, careful: Investment, start: number): string {
  const rows = [1, 3, 5].map((years) =>
    [
      `| ${years}`,
      percent(returnPercent(all, years)),
      percent(returnPercent(all, years, start)),
      percent(returnPercent(careful, years, start)),
      `${percent(returnPercent(hard, years, start))} |`,
    ].join(' | '),
  );
  return [
    `| years | benefit from the first day | after ${count(start)} months | and the cautious figures | and hard savings only |`,
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function sensitivityTable(inputs: Inputs): string {
  const rows = sensitivity(inputs, horizonYears).map(
    ({ input, low, high }) => `| ${input} | ${money(low)} | ${money(high)} |`,
  );
  return ['| input | at 50 % | at 150 % |', '|---|---|---|', ...rows].join('\n');
}

function duration(months: number | 'never'): string {
  return months === 'never' ? 'never' : `${halfUp(months, 2)} months (${daysOf(months)} days)`;
}

/** Measurements that have to do with a figure, each with the reason why it does not take its place. */
function beside(related: Inputs['relatedMeasurements'], measurements: readonly Measurement[]): string {
  return related
    .flatMap(({ measuredBy, relatesTo, notUsedBecause }) => {
      const found = measurements.filter(({ exercise }) => exercise === measuredBy);
      const figures = found.map(({ what, value, unit, run }) => `  - ${what}: ${count(value)} ${unit}, run ${run}`);
      const none = ['  - not measured in the last run'];
      return [`- ${relatesTo} (${measuredBy}). ${notUsedBecause}`, ...(figures.length === 0 ? none : figures)];
    })
    .join('\n');
}

function measured(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return '- nothing: no run of the course has left measurements';
  return measurements
    .map(({ exercise, what, value, unit, run }) => `- ${what} (${exercise}): ${count(value)} ${unit}, run ${run}`)
    .join('\n');
}
