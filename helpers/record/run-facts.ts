/** An image that stands in for an upstream one in this run. */
export interface StandIn {
  /** Name under which fixtures use it, e.g. `docker.io/library/nginx:1.30.5`. */
  readonly upstream: string;
  /** What it is really made of, e.g. `Debian's nginx-light 1.22.1`. */
  readonly madeOf: string;
}

/** What a reader of the report must know about the run as a whole. */
export interface RunFacts {
  /** Versions by the name of the program, e.g. `Istio: 1.31`. */
  readonly versions: Readonly<Record<string, string>>;
  /** What was chosen, by the variable that said it, e.g. `CLUSTER: kind`; what is not in it was left open. */
  readonly choices: Readonly<Record<string, string>>;
  /** Container engine, e.g. `Podman 4.3.1`. */
  readonly engine: string;
  /** Where the cluster came from: `k3s`, `kind` or `existing`. */
  readonly provider: string;
  /** `cluster`: somebody else's cluster has or pulls them. */
  readonly imageSource: 'assembled' | 'upstream' | 'cluster';
  readonly standIns: readonly StandIn[];
  /** Deprecated APIs that the API server was asked for; missing where a run was made before they were looked up. */
  readonly deprecatedApis?: readonly string[];
  /** Start of the run, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Milliseconds by what they were spent on, in the order to show them, e.g. `cluster start: 7000`. */
  readonly timings: Readonly<Record<string, number>>;
  /** The machine in general terms, e.g. `2 cores, 24 GiB, Linux`. */
  readonly machine: string;
}

/** Of a run that left none. */
export const unknownFacts: RunFacts = {
  versions: {},
  choices: {},
  engine: '',
  provider: '',
  imageSource: 'assembled',
  standIns: [],
  startedAt: '',
  durationMs: 0,
  timings: {},
  machine: '',
};
