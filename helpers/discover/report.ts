/** What discovery writes: a report for people, the same as data, the requests, and inputs for the calculation. */
import { dayOf } from '../present/demo-lines.ts';
import type { Answer, Finding } from './finding.ts';
import type { Asked } from './get-only.ts';
import type { Names } from './names.ts';
import { type Proven, shownBy } from './proven.ts';

/** All that is told of a discovery. */
export interface Discovery {
  /** ISO 8601. */
  readonly date: string;
  /** Of Kubernetes, as far as it says what may be told: `1.36`; empty where it was not told. */
  readonly version: string;
  readonly namespaces: { readonly lookedAt: number; readonly all: number | undefined };
  readonly hidden: boolean;
  readonly asked: readonly Asked[];
  readonly answers: readonly Answer[];
  readonly proven: Proven;
  /** What the assertions say, by their ids. */
  readonly requires: ReadonlyMap<string, string>;
  /** True if a file with inputs for the calculation is written. */
  readonly hasInputs: boolean;
}

/** What was never asked for, or dropped unread. */
export const notLookedAt =
  'Secrets, ConfigMaps, logs and traffic were not asked for. The API server sends pods whole: environment, commands, images and annotations were dropped as they arrived.';

/** What configuration cannot tell. The words of others stand in the lesson. */
export const caveats: readonly string[] = [
  'A policy that exists may not be enforced: m1.e0.a3 tells how to see that it is.',
  'Settings in annotations are not read, such as ports that a pod keeps out of its proxy, and nor are those of the whole mesh, which stand in a ConfigMap.',
  'A proxy is one of Istio. Policies of other kinds than NetworkPolicy and Istio’s own are not read, such as those that only Cilium or Calico know.',
  'Pods that are labelled for ambient mode are counted as pods with a proxy. Policies for gateways and waypoints are not judged.',
  'Routes of the Gateway API are not read, and Sidecars and EnvoyFilters neither.',
];

/** The line above all others. */
export function headOf({ date, namespaces, asked, hidden }: Discovery): string {
  const of = namespaces.all === undefined ? '' : ` of ${namespaces.all}`;
  const clock = date.slice(11, 16);
  return [
    `${dayOf(date)} ${clock} UTC`,
    namespaces.lookedAt === 0
      ? 'no namespace seen'
      : `${namespaces.lookedAt}${of} ${namespaces.lookedAt === 1 && of === '' ? 'namespace' : 'namespaces'}`,
    `${asked.length} requests, all reads`,
    hidden ? 'names hidden' : 'with names',
    'configuration, not behaviour',
  ].join(' · ');
}

/** The report as Markdown. */
export function markdownOf(discovery: Discovery): string {
  const { answers, version, hidden, hasInputs } = discovery;
  const gaps = [...new Set(answers.flatMap((answer) => answer.gaps))];
  const lines = [
    '# Discovery of a cluster',
    '',
    headOf(discovery),
    '',
    'Four questions, answered from what is configured. Beside each finding stands what shows the same on a lab.',
    ...answers.flatMap((answer, index) => sectionOf(answer, index + 1, discovery)),
    '',
    '## What could not be seen',
    '',
    ...(gaps.length === 0 ? ['All that was asked for was answered.'] : gaps.map((gap) => `- ${inCell(gap)}`)),
    '',
    '## What this does not tell',
    '',
    ...[notLookedAt, ...caveats].map((caveat) => `- ${caveat}`),
    '',
    '## Beside this report',
    '',
    ...(version === '' ? [] : [`- The cluster runs Kubernetes ${version}.`]),
    '- `report.json` has the same as data, `requests.txt` each request that was made.',
    ...(hasInputs
      ? [
          '- `roi-inputs.yaml` has the figures of this cluster for the calculation; all others in it are assumed. Fill in a copy, and give it to `make roi INPUTS=<the copy>`: the next `make discover` writes the file anew.',
        ]
      : []),
    ...(hidden
      ? [
          '- What the names stand for is kept on the machine that made this report; `make discover FORGET=yes` removes it.',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionOf({ title, question, line, facts, findings }: Answer, number: number, discovery: Discovery): string[] {
  return [
    '',
    `## ${number} ${title}`,
    '',
    `*${question}* ${inCell(line)}`,
    ...(facts.length === 0 ? [] : ['', ...facts.map((fact) => `- ${inCell(fact)}`)]),
    ...(findings.length === 0
      ? []
      : [
          '',
          '| found | where | show next | what is seen there |',
          '|---|---|---|---|',
          ...findings.map((finding) => `| ${cellsOf(finding, discovery).map(inCell).join(' | ')} |`),
        ]),
  ];
}

/** Places that are named beside a finding; report.json has all. */
const mostPlaces = 8;

function cellsOf(finding: Finding, { proven, requires }: Discovery): string[] {
  const { says, places, shows } = finding;
  const rest = places.length - mostPlaces;
  const where = `${places.slice(0, mostPlaces).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const id = shownBy(finding, proven);
  if (id === undefined) {
    const first = shows[0] ?? '';
    return [says, where, `not proven here: \`make course ONLY=${first}\``, requires.get(first) ?? ''];
  }
  return [says, where, `${id}, proven ${dayOf(proven.get(id) ?? '')}`, requires.get(id) ?? ''];
}

/** A text that breaks no table, whatever a name holds. */
function inCell(text: string): string {
  return text
    .replaceAll('|', String.raw`\|`)
    .replaceAll('\n', ' ')
    .replaceAll('<', '&lt;');
}

/** The report as data. */
export function jsonOf(discovery: Discovery): string {
  const { date, version, namespaces, hidden, asked, answers, proven } = discovery;
  const told = answers.map(({ title, question, line, facts, findings, gaps }) => ({
    title,
    question,
    line,
    facts,
    findings: findings.map(({ says, places, shows }) => ({
      says,
      places,
      shows,
      showNext: shownBy({ shows }, proven) ?? null,
    })),
    gaps,
  }));
  const data = {
    date,
    kubernetes: version,
    namespaces,
    namesHidden: hidden,
    requests: asked.length,
    answers: told,
    notLookedAt,
    caveats,
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** Each request with its answer's status and size. */
export function requestsOf(asked: readonly Asked[], names: Pick<Names, 'path'>): string {
  return asked
    .map(
      ({ path, status, bytes }) =>
        `GET ${names.path(path)} ${status === 0 ? 'no answer' : `${status} ${bytes} bytes`}\n`,
    )
    .join('');
}
