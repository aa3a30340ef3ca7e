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
 */
export function queryArguments(promql: string, namespace = 'istio-system'): string[] {
  const service = `/api/v1/namespaces/${namespace}/services/prometheus:http/proxy`;
  return ['get', '--raw', `${service}/api/v1/query?query=${encodeURIComponent(promql)}`];
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

interface Answer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[];
  };
}
