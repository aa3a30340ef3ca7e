import type { CostLine, Group } from '../cost-line.ts';
import { count, halfUp, money, percent, percentOf } from '../figures.ts';
import type { Inputs } from '../inputs.ts';
import { type Plausibility, plausibilityOf } from '../plausibility.ts';
import { costOf, linesOf, totals } from '../value.ts';

/** Headings of the groups, in the order of the workshop. */
export const headings: Readonly<Record<Group, string>> = {
  developers: 'Developer time',
  operations: 'Operations team',
  business: 'Lost income (varies most from company to company)',
};

/** What the present way of working costs per month, as Markdown. */
export function costsDocument(inputs: Inputs): string {
  const { company, team, costs } = inputs;
  const all = totals(costs).cost;
  const business = totals(linesOf(costs, 'business')).cost;
  const story = plausibilityOf(inputs);
  return [
    `# What infrastructure costs ${company} per month`,
    ...(Object.keys(headings) as Group[]).map((group) => section(group, linesOf(costs, group))),
    `**Total per month: ${money(all)}**`,
    `With every amount half as high or half as high again: ${money(all / 2)} to ${money(halfUp(all * 1.5))}.`,
    all === 0
      ? ''
      : `Lost income is ${percent(percentOf(business, all))} of the total. Agree on that figure first: the others hardly matter beside it.`,
    '## Does it fit the rest of the story?',
    [
      bookedHours(inputs, story),
      `- The operations hours in the table are ${percent(story.operationsPercent)} of what ${count(team.operationsEngineers)} engineers have. There are ${count(story.developersPerOperator)} developers for each of them.`,
      ...(story.monitoringOnce === undefined
        ? []
        : [
            `- Setting up monitoring by hand, ${count(team.monitoringHoursPerService ?? 0)} hours for each of ${count(team.services)} services, would be ${money(story.monitoringOnce)} once.`,
          ]),
    ].join('\n'),
  ].join('\n\n');
}

/** Developer hours in the table beside what the story tells of them, as far as it does. */
function bookedHours({ team }: Inputs, { told, ...booked }: Plausibility): string {
  const hours = `The table books ${count(booked.bookedHours)} hours`;
  const ofAll = `${percent(booked.bookedPercentOfAll)} of all their time`;
  if (told === undefined) return `- ${count(team.developers)} developers. ${hours} of theirs a month: ${ofAll}.`;
  return `- ${count(team.developers)} developers who spend ${count(team.infrastructurePercent ?? 0)} % of ${count(team.hoursPerMonth)} hours on infrastructure are ${count(told.hours)} hours a month, or ${money(told.dollars)}. ${hours}: ${percent(booked.bookedPercentOfTold ?? 0)} of that, ${ofAll}.`;
}

function section(group: Group, lines: readonly CostLine[]): string {
  const rows = lines.map(
    (line) =>
      `- ${line.name}: ${count(line.quantity)} ${line.unit} × ${money(line.rate)} = ${money(costOf(line))} (${line.basis})${line.derivation === undefined ? '' : `: ${line.derivation}`}`,
  );
  return `## ${headings[group]}: ${money(totals(lines).cost)}\n\n${rows.join('\n') || '- nothing'}`;
}
