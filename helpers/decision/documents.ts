/** Record and sheet as Markdown, for `make roi`. */
import { wayNames } from '../lesson/data-plane-meter.ts';
import { count, percent } from '../roi/figures.ts';
import { markdownTable } from '../system/markdown.ts';
import type { Customer } from './customer.ts';
import { ways } from './measured-work.ts';
import { type DecisionRecord, decisionRecord } from './record.ts';
import { groupHeads, groupRows, lineHeads, lineRows } from './rows.ts';
import { type Sheet, sheetHeads, sheetOf } from './sheet.ts';
import type { Shown } from './shown.ts';

/** The files on the choice of a data plane by name. */
export function decisionDocuments(customer: Customer, shown: Shown): Map<string, string> {
  return new Map([
    ['sidecars-and-ambient.md', sheetDocument(sheetOf(customer, shown))],
    ['decision-record.md', recordDocument(decisionRecord(customer, shown))],
  ]);
}

/** The record as Markdown; the same record makes the same bytes. */
export function recordDocument({ customer, ...record }: DecisionRecord): string {
  return [
    `# Sidecars or ambient: the decision of ${customer.company}`,
    aboutRecord.join(' '),
    markdownTable(groupHeads, groupRows(record.recommendations)),
    '## Line by line',
    markdownTable(lineHeads, lineRows(record)),
    '',
  ].join('\n\n');
}

/** How to read the record. */
export const aboutRecord = [
  'Each line has a rule, what was measured or seen, and the results that show it.',
  'A line whose results are not green in this run decides nothing, and a group that would need it is left open.',
  'What no result decides is marked as an opinion. The groups are assumed; put your own in their place.',
] as const;

/** The sheet as Markdown. */
export function sheetDocument({ customer, rows, limits, recommendations }: Sheet): string {
  return [
    `# Sidecars and ambient beside one another: ${customer.company}`,
    aboutSheet(customer),
    markdownTable(sheetHeads, rows),
    ...ways.flatMap((way) => [
      `## What ${wayNames[way]} cannot do`,
      limits[way].map(({ says, ids }) => `- ${says} (${ids.join(', ')})`).join('\n'),
    ]),
    '## What to take, group by group',
    markdownTable(groupHeads, groupRows(recommendations)),
    '',
  ].join('\n\n');
}

/** What the sheet is calculated from. */
export function aboutSheet({ infrastructure, namespaces }: Customer): string {
  const { pods, nodes, waypoints, dollarsPerCpu, dollarsPerGiB } = infrastructure;
  const services = namespaces.groups.reduce((sum, group) => sum + group.services, 0);
  const withHttp = namespaces.groups.reduce((sum, group) => sum + (group.services * group.httpPercent) / 100, 0);
  return [
    `${count(services)} services, ${percent((withHttp * 100) / services)} of them with rules or routes by HTTP, in ${count(pods)} pods on ${count(nodes)} nodes (${namespaces.basis}).`,
    `${count(waypoints)} waypoints with ${count(namespaces.waypointReplicas)} pods each; $${count(dollarsPerCpu)} for a processor and $${count(dollarsPerGiB)} for a GiB a month (${infrastructure.basis}).`,
    'Requests are what proxies ask for by default, and not what they use. Groups that stay outside are left out of them.',
  ].join(' ');
}
