/** The lines of a drill as a terminal shows them. */
import { styleText } from 'node:util';

import type { FortioResult } from '../calls/fortio.ts';
import type { FaultKind } from '../curriculum/incident-card.ts';
import { type IncidentAnswers, type IncidentQuery, incidentQueries, type Question } from '../istio/incident-queries.ts';
import { queryArguments, type Sample } from '../istio/prometheus.ts';
import { commandLine } from '../system/program.ts';
import { labelled, seenLine } from './demo-lines.ts';

/** What a person may guess, with the numbers to type, and what else may be typed. */
export function kindLines(kinds: readonly FaultKind[], width: number): string[] {
  return [
    ...kinds.flatMap(({ kind, means }, index) =>
      labelled(index === 0 ? 'KINDS' : '', `${index + 1} ${kind}: ${means}`, width),
    ),
    ...labelled('TYPE', 'a number and the name of a pod or workload, e.g. 2 shop', width),
    ...labelled('', 'h for a hint, c to ask the customer again, a for the answer, q or Ctrl-C to end it here', width),
  ];
}

/** What calls of a customer came to: `Of 61 calls: 61 × 200; the slowest took 0.81 s, the mean 0.10 s.` */
export function customersCalls({ calls, codes, mean, most }: Omit<FortioResult, 'percentile'>): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const endings = Object.entries(codes).map(([code, count]) => `${count} × ${code === '-1' ? 'no answer' : code}`);
  return `Of ${calls} calls: ${endings.join(', ')}; the slowest took ${seconds(most)}, the mean ${seconds(mean)}.`;
}

/** One query: what it asks, in words and in PromQL, and the command that asks it. */
export function queryLines({ question, asks, promql }: IncidentQuery, width: number): string[] {
  return [
    ...labelled(question, asks, width),
    seenLine(promql),
    seenLine(styleText('gray', `$ ${commandLine('kubectl', queryArguments(promql))}`)),
  ];
}

/** What a query found, a line for each series; its unit is the query's own. */
export function answerLines(question: Question, samples: readonly Sample[], namespace: string): string[] {
  if (samples.length === 0) return [seenLine('nothing')];
  return samples.map(({ labels, value }) => {
    const told = Object.entries(labels)
      .filter(([name]) => name !== 'question')
      .map(([name, label]) => `${name}=${label.replace(`.${namespace}.svc.cluster.local`, '')}`);
    return seenLine(`${told.join(' ')}: ${styleText('bold', units[question](value))}`);
  });
}

const callsASecond = (value: number) => `${value.toFixed(1)} calls a second`;
const units: Readonly<Record<Question, (value: number) => string>> = {
  Q1: callsASecond,
  Q2: callsASecond,
  Q3: (value) => (Number.isNaN(value) ? 'no calls' : `${Math.round(value * 100)} %`),
  Q4: (value) => (Number.isNaN(value) ? 'no calls' : `${value.toFixed(0)} ms`),
  Q5: callsASecond,
};

/** All five queries with what they found. */
export function runbookLines(answers: IncidentAnswers, namespace: string, width: number): string[] {
  return incidentQueries(namespace).flatMap(({ question, asks, promql }) =>
    [''].concat(
      labelled(question, asks, width),
      seenLine(styleText('gray', promql)),
      answerLines(question, answers[question], namespace),
    ),
  );
}
