import { markdownTable } from '../../system/markdown.ts';
/** The customers of the course beside one another. */
import { count, money, percent, percentOf } from '../figures.ts';
import { type Measurement, withMeasured } from '../measurements.ts';
import type { Profile, ProfileName } from '../profiles.ts';
import { resultsOf, valueForPayback } from '../results.ts';
import { linesOf, totals } from '../value.ts';
import { basisOfInputs } from './basis.ts';

/** Heads of the columns; the first is the customer. */
export const profileHeads = [
  'customer',
  'cost a month',
  'value a month',
  "of it people's time",
  'spent at first',
  'each year',
  'return after 1, 3, 5 years',
  'payback, months',
  "people's time alone: 5 years",
  'its payback, months',
] as const;

/** One row for each customer, in the columns of {@link profileHeads}. */
export function profileRows(profiles: readonly Profile[]): string[][] {
  return profiles.map(({ inputs }) => {
    const { hard, returns, ...result } = resultsOf(inputs);
    const months = (value: number | 'never') => (value === 'never' ? value : value.toFixed(2));
    return [
      `${inputs.persona.split(' ')[0]}, ${inputs.company}`,
      money(result.costPerMonth),
      `${money(result.valuePerMonth)} (${percent(result.savedPercent)})`,
      money(result.hardValuePerMonth),
      money(result.upfront),
      money(result.ongoingPerYear),
      returns.map(percent).join(', '),
      months(result.payback),
      percent(hard.fiveYears),
      months(hard.payback),
    ];
  });
}

/** What to read out of the table: sentences that are calculated, and judgements. */
export interface Reading {
  readonly says: string;
  readonly opinion: boolean;
}

/** What to read out of the table, as far as the customers are in it. */
export function readings(profiles: readonly Profile[]): Reading[] {
  const of = (name: ProfileName) => profiles.find((profile) => profile.name === name)?.inputs;
  const [sarah, marcus, ahmed] = [of('sarah'), of('marcus'), of('ahmed')];
  const says = (text: string, opinion = false) => ({ says: text, opinion });
  const business = marcus === undefined ? 0 : totals(linesOf(marcus.costs, 'business')).value;
  return [
    ...(sarah === undefined
      ? []
      : [
          says(
            `For payback within 36 months the value for ${sarah.company} would have to be ${money(valueForPayback(sarah, 36))} a month. It is ${money(totals(sarah.costs).value)}.`,
          ),
          says('A bank buys this because of a risk, not because of a return.', true),
        ]),
    ...(marcus === undefined
      ? []
      : [
          says(
            `The case of ${marcus.company} rests on downtime and delay: ${percent(percentOf(business, totals(marcus.costs).value))} of the value.`,
          ),
        ]),
    ...(ahmed === undefined
      ? []
      : [says(`${ahmed.company} should stop after one namespace and calculate again.`, true)]),
  ];
}

/** What the table does not say by itself, as sentences. */
export const aboutProfiles = [
  'No figure here comes from a customer. Replace each by one of your own before you show it to anybody.',
  'Ongoing cost counts from the first day in a return, and from the beginning of the benefit in a payback. So a payback may lie before the end of the fifth year while the return after five years is still below zero.',
];

/** The table for a terminal: one block of lines for each customer. */
export function profilesTable(profiles: readonly Profile[]): string {
  return profileRows(profiles)
    .map(([customer = '', ...cells]) =>
      [customer, ...cells.map((cell, index) => `  ${(profileHeads[index + 1] ?? '').padEnd(30)}${cell}`)].join('\n'),
    )
    .join('\n');
}

/** The same as Markdown, with where the figures of each come from. */
export function profilesDocument(profiles: readonly Profile[], measurements: readonly Measurement[]): string {
  return [
    '# What a mesh returns, customer by customer',
    markdownTable(profileHeads, profileRows(profiles)),
    ...aboutProfiles,
    readings(profiles)
      .map(({ says, opinion }) => `- ${says}${opinion ? ' (opinion)' : ''}`)
      .join('\n'),
    ...profiles.flatMap(({ inputs }) => [
      `## Where the figures of ${inputs.company} come from`,
      basisOfInputs(withMeasured(inputs, measurements)),
      inputs.relatedMeasurements
        .map(({ measuredBy, relatesTo }) => {
          const known = measurements.filter(({ exercise }) => exercise === measuredBy).length;
          const figures = known === 1 ? '1 figure' : `${count(known)} figures`;
          const told = known === 0 ? 'not in the last run' : `${figures} of the last run`;
          return `- beside ${relatesTo.toLowerCase()}: ${measuredBy}, ${told}`;
        })
        .join('\n'),
    ]),
    '',
  ].join('\n\n');
}
