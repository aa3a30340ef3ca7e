import { namespaceOf } from './pods.ts';
import { calls, type Fate, type Grid, names } from './reachability.ts';

/**
 * How the table reaches the cluster. `apply` and `delete` take manifests as one YAML text and return when it is
 * done, a deletion when the objects are gone; `delete` passes over what is not there. `ready` takes those of pods,
 * returns when all are, and throws if they are not in time.
 */
export interface Cluster {
  readonly exec: (
    namespace: string,
    pod: string,
    argv: readonly string[],
  ) => Promise<{ exitCode: number; stdout: string }>;
  readonly apply: (yaml: string) => Promise<unknown>;
  readonly delete: (yaml: string) => Promise<unknown>;
  readonly ready: (yaml: string) => Promise<unknown>;
}

/** Address of each pod by `place/role`. */
export type Addresses = ReadonlyMap<string, string>;

/** All cells: each pod calls all others at once. */
export async function probeAll(cluster: Cluster, addresses: Addresses): Promise<Grid> {
  return new Map((await Promise.all(names.map(async (from) => probe(cluster, addresses, from)))).flat());
}

async function probe(cluster: Cluster, addresses: Addresses, from: string): Promise<[string, Fate][]> {
  const own = calls.filter((call) => call.from === from);
  const urls = own.map(({ to, port }) => `http://${addresses.get(to)}:${port}/`);
  const curl = [
    'curl',
    '-s',
    '-m',
    '1',
    '-Z',
    '--parallel-immediate',
    '-w',
    '%{url} %{exitcode} %{http_code}\\n',
    ...urls,
  ];
  const { stdout } = await inside(cluster, from, curl);
  return own.map(({ cell }, at) => [cell, fate(stdout, urls[at] ?? '')]);
}

function fate(output: string, url: string): Fate {
  if (output.includes(`${url} 0 200`)) return 'open';
  // 28: no answer in time, the packets were dropped; 7: refused by an engine that rejects, for the ports are known to be open.
  return output.includes(`${url} 28 `) || output.includes(`${url} 7 `) ? 'shut' : 'broken';
}

/** Runs a program in the pod that is named `place/role`. */
export async function inside(cluster: Cluster, name: string, argv: readonly string[]) {
  const [place = '', role = ''] = name.split('/');
  return cluster.exec(namespaceOf(place), role, argv);
}
