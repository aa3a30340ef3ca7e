/**
 * Five questions to the metrics that are the same in every incident: always all of them, in this order, about one
 * namespace. They name no component, so whoever asks need not know the system.
 */
import { readSamples, type Sample } from './prometheus.ts';

/** Names of the questions, in the order in which they are asked. */
export const questions = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'] as const;
export type Question = (typeof questions)[number];

/** One of them. */
export interface IncidentQuery {
  readonly question: Question;
  /** In words, e.g. `Which callee's answers are errors?` */
  readonly asks: string;
  readonly promql: string;
}

/** The answer to each question; empty where Prometheus has found nothing. A value may be NaN, as a share of nothing is. */
export type IncidentAnswers = Readonly<Record<Question, readonly Sample[]>>;

/**
 * The questions about one namespace.
 *
 * @param window over which rates are taken; several times the interval at which Prometheus asks the proxies
 */
export function incidentQueries(namespace: string, window = '15s'): IncidentQuery[] {
  const rate = (selector: string, metric = 'istio_requests_total') => `rate(${metric}{${selector}}[${window}])`;
  const called = `reporter="destination",namespace="${namespace}"`;
  const calls = `reporter="source",source_workload_namespace="${namespace}"`;
  const failed = 'response_code!~"[23].."';
  const shares = (selector: string) => `sum by (pod) (${rate(selector)})`;
  return [
    {
      question: 'Q1',
      asks: 'Whose answers are errors, and which, by the proxies of the called?',
      promql: `sum by (destination_workload,response_code) (${rate(`${called},${failed}`)}) > 0`,
    },
    {
      question: 'Q2',
      asks: 'Whose calls fail, to whom, and with which flag, by the proxies of the callers?',
      promql: `sum by (source_workload,destination_service,response_code,response_flags) (${rate(`${calls},${failed}`)}) > 0`,
    },
    {
      question: 'Q3',
      asks: 'Which share of the answers of each pod are 5xx?',
      promql: `${shares(`${called},response_code=~"5.."`)} / ${shares(called)}`,
    },
    {
      question: 'Q4',
      asks: 'In how many milliseconds does each pod answer nine calls of ten?',
      promql: `histogram_quantile(0.9, sum by (pod,le) (${rate(called, 'istio_request_duration_milliseconds_bucket')}))`,
    },
    {
      question: 'Q5',
      // A call that a proxy ended itself, which is what a flag says, was not answered.
      asks: 'How many calls a second does each caller get answered by whom? None means that it no longer calls.',
      promql: `sum by (source_workload,destination_service) (${rate(`${calls},response_flags="-"`)})`,
    },
  ];
}

/** All five as one query, so that they are answered about the same moment. */
export function incidentQuery(namespace: string): string {
  return incidentQueries(namespace)
    .map(({ question, promql }) => `label_replace(${promql}, "question", "${question}", "", "")`)
    .join(' or ');
}

/** Reads the answer of Prometheus' HTTP API to {@link incidentQuery}. */
export function readIncident(answer: string): IncidentAnswers {
  const samples = readSamples({ stdout: answer });
  const to = (question: Question) => samples.filter(({ labels }) => labels['question'] === question);
  return { Q1: to('Q1'), Q2: to('Q2'), Q3: to('Q3'), Q4: to('Q4'), Q5: to('Q5') };
}
