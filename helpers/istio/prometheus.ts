import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import { kindDir } from '../system/paths.ts';
import { must, run, type Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** One series of an instant query: its labels, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One series of a range query. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly {
    /** Seconds since 1970. */
    readonly at: number;
    readonly value: number;
  }[];
}

/** The time that a range query asks for. */
export interface Range {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** From one point to the next. */
  readonly stepSeconds: number;
}

/** Installs the lab's Prometheus beside istiod, where it is not there yet, and waits until it answers. */
export async function installPrometheus(): Promise<void> {
  const manifest = await readFile(join(kindDir, 'prometheus.yaml'), 'utf8');
  await must('kubectl', ['apply', '-f', '-'], { input: manifest.replace(':VERSION', `:v${versions.prometheus}`) });
  const limit = `--timeout=${timeouts.imagePullMs / 1000}s`;
  await must('kubectl', ['-n', 'istio-system', 'wait', 'deployment/prometheus', '--for=condition=Available', limit]);
}

/**
 * Arguments of kubectl that put a PromQL query to Prometheus through the API server, so that no port is opened.
 *
 * @param namespace where it runs, if it is not the lab's own
 * @param at the moment that the query is about, in seconds since 1970, if it is not now
 */
export function queryArguments(promql: string, namespace = labNamespace, at?: number): string[] {
  return asked(namespace, 'query', { query: promql, ...(at === undefined ? {} : { time: at.toFixed(3) }) });
}

/**
 * The same, for every step of a time; {@link readSeries} reads the answer.
 *
 * @param namespace where it runs, if it is not the lab's own
 */
export function rangeArguments(promql: string, { from, to, stepSeconds }: Range, namespace = labNamespace): string[] {
  const range = { start: from.toFixed(3), end: to.toFixed(3), step: String(stepSeconds) };
  return asked(namespace, 'query_range', { query: promql, ...range });
}

const labNamespace = 'istio-system';

function asked(namespace: string, what: string, fields: Readonly<Record<string, string>>): string[] {
  const service = `/api/v1/namespaces/${namespace}/services/prometheus:http/proxy`;
  const parameters = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return ['get', '--raw', `${service}/api/v1/${what}?${parameters.join('&')}`];
}

/** Asks Prometheus once. Throws if it does not answer. */
export async function query(promql: string): Promise<Sample[]> {
  return readSamples(await must('kubectl', queryArguments(promql)));
}

/** Asks Prometheus once; the command and its answer go with the samples. */
export async function queryTranscript(promql: string): Promise<{ transcript: Transcript; samples: Sample[] }> {
  const transcript = await run('kubectl', queryArguments(promql));
  return { transcript, samples: transcript.exitCode === 0 ? readSamples(transcript) : [] };
}

/** Reads the answer of Prometheus' HTTP API to an instant query. https://prometheus.io/docs/prometheus/latest/querying/api/ */
export function readSamples({ stdout }: Pick<Transcript, 'stdout'>): Sample[] {
  const { data } = JSON.parse(stdout) as Answer;
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Reads the answer to a range query. A value may be NaN, as that of a share of nothing is. */
export function readSeries({ stdout }: Pick<Transcript, 'stdout'>): Series[] {
  const { data } = JSON.parse(stdout) as RangeAnswer;
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([at, value]) => ({ at, value: Number(value) })),
  }));
}

interface RangeAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

interface Answer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[];
  };
}
