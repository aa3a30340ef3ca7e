/** Record and sheet as rows of plain text: the same words in a lesson, in a file and on a page. */
import { count, percent } from '../roi/figures.ts';
import type { NamespaceGroup } from '../roi/namespaces.ts';
import type { Line } from './line.ts';
import type { DecisionRecord, Recommendation } from './record.ts';

export const groupHeads = [
  'group of namespaces',
  'recommendation',
  'because',
  'what it takes',
  'speaks against it',
] as const;

export const lineHeads = [
  'rule',
  'belongs to',
  'what was measured or seen',
  'what follows',
  'for',
  'shown by',
] as const;

/** What is said in place of anything that a run has not shown. */
export const notShownYet = 'not shown in this run';

/** A row for each group, in the columns of {@link groupHeads}. */
export function groupRows(recommendations: readonly Recommendation[]): string[][] {
  return recommendations.map(({ group, choice, because, heed, against }) => [
    tellGroup(group),
    choice,
    [
      ...(choice === 'open' ? [`${notShownYet}:`] : []),
      because.map(({ rule, ids }) => `${rule} (${ids.join(', ')})`).join('; '),
    ].join(' '),
    heed.map(({ means, ids }) => `${means} (${ids.join(', ')})`).join(' '),
    against.map(({ rule, ids }) => `${rule} (${ids.join(', ')})`).join('; '),
  ]);
}

/** A row for each line, in the columns of {@link lineHeads}. */
export function lineRows({ lines }: Pick<DecisionRecord, 'lines'>): string[][] {
  return lines.map((line) => [
    line.rule,
    line.place,
    seenIn(line),
    meansIn(line),
    tellGroups(line),
    line.ids.join(', ') || 'opinion',
  ]);
}

/** What a line has to show, or that the run does not show it. */
export function seenIn({ seen, state }: Line): string {
  return state === 'not shown' ? notShownYet : seen;
}

/** What follows from a line; nothing, where the run does not show it. */
export function meansIn({ means, state }: Line): string {
  return state === 'not shown' ? 'It decides nothing.' : means;
}

/** The groups that a line is about. */
export function tellGroups({ groups }: Pick<Line, 'groups'>): string {
  return groups.join('; ') || 'no group';
}

/** A group with what the choice for it rests on. */
export function tellGroup({ name, services, pods, httpPercent, today, asks }: NamespaceGroup): string {
  return [
    `${name}: ${count(services)} services, ${count(pods)} pods`,
    httpPercent === 0 ? 'no HTTP rules' : `HTTP rules in ${percent(httpPercent)}`,
    `${today} today`,
    ...asks,
  ].join(', ');
}
