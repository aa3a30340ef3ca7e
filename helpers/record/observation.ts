/** What was seen on the cluster: the records that verdicts, pictures and the report are made from. */

/** allowed: an answer came from the application. blocked: refused with the signature of its cause. broken: anything else. */
export type Verdict = 'allowed' | 'blocked' | 'broken';

/** One HTTP answer as curl saw it; `status` is 0 and the rest empty when none came. */
export interface HttpAnswer {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody?: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Address the connection went to, empty when none was made. */
  readonly remoteIp: string;
}

/** A call: who called whom in which step, and how it ended. */
export interface SeenCall {
  /** Title of the step in which it was seen, e.g. `Before: a flat network lets both of them in`. */
  readonly step: string;
  /** Role of the caller, e.g. `attacker`. */
  readonly caller: string;
  /** Namespace of the caller. */
  readonly callerNamespace: string;
  /** Cluster of the caller where the exercise has several, e.g. `west`; else empty. */
  readonly cluster: string;
  /** Role of the called: first label of the host called, e.g. `backend`. */
  readonly target: string;
  /** The host as it was called, e.g. `backend.shop`; unknown in records of earlier releases, as are the next three. */
  readonly host?: string;
  /** Pod that answered, where its answer says so. */
  readonly answeredBy?: string;
  /** The lesson manifests that were in force, as {@link nameInForce} has them. */
  readonly inForce?: readonly string[];
  /** Place among the commands of the exercise of the one that made the call. */
  readonly command?: number;
  /** What was asked, e.g. `GET /` or `POST /data`. */
  readonly request: string;
  readonly verdict: Verdict;
  /** Signature of the verdict in a few words, e.g. `HTTP 200`, `no answer (curl 28)`, `HTTP 403 RBAC: access denied`. */
  readonly signature: string;
  /** True once the lesson had changed something. */
  readonly changed: boolean;
}

/** One probe that settled. Pictures are drawn from these. */
export interface Observation extends SeenCall {
  /** Time from the first attempt to the settled verdict. */
  readonly waitedMs: number;
  readonly deadlineMs: number;
  readonly attempts: number;
}

/** Calls of many by one command that ended alike: the map shows how they were shared out. */
export interface Share extends SeenCall {
  readonly times: number;
  /** How many calls the command made. */
  readonly of: number;
}

/** Pods of one workload as the cluster had them. */
export interface SeenWorkload {
  /** Where the exercise has several clusters, the one that they are in, e.g. `west`. */
  readonly cluster?: string;
  readonly namespace: string;
  /** Name of the Deployment or the like that owns them; of the pod, where it is on its own. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** True if a container of Istio's proxy runs in them. */
  readonly sidecar: boolean;
  readonly pods: readonly { readonly name: string; readonly address: string }[];
  /** How many pods there were at one time, where some of them have taken the place of others. */
  readonly atOnce?: number;
}

/** A manifest of the fixture folder that a step applied, and when it took effect. */
export interface AppliedManifest {
  /** File name in the fixture folder, e.g. `20-backend-policy.yaml`. */
  readonly file: string;
  readonly yaml: string;
  /** Where the exercise has several clusters, the one that it was applied to, e.g. `west`. */
  readonly cluster?: string;
  /** Title of the step that applied it. */
  readonly step: string;
}

/** How a manifest is told from others while it is in force: by its file, and by its cluster where there are several. */
export function nameInForce({ file, cluster }: Pick<AppliedManifest, 'file' | 'cluster'>): string {
  return cluster === undefined ? file : `${cluster}: ${file}`;
}

/** A figure that an exercise measured, for those who calculate with it later. */
export interface Measured {
  /** Assertion that it belongs to, e.g. `m2.e5.a8`. */
  readonly exercise: string;
  /** What was measured, in words. */
  readonly what: string;
  readonly value: number;
  /** E.g. `seconds`. */
  readonly unit: string;
}

/** Something found true besides the answers of probes: what a second witness said, or a check of what was measured. */
export interface Finding {
  /** Title of the step in which it was found. */
  readonly step: string;
  /** The claim, e.g. `the Service has three endpoints`. */
  readonly claim: string;
  /** What proves it, a few words or lines. */
  readonly evidence: string;
  /** What it was read from, where that is more than proves it. */
  readonly around?: string;
  /**
   * Place among the commands of the exercise of the one that printed it, or of the last one before it, where it was counted
   * or calculated; unknown where none had run, and in records of earlier releases, as is the next.
   */
  readonly command?: number;
  /** True if that command printed it as it stands here. */
  readonly printed?: boolean;
  /** True if the exercise did the same again, because by luck it had not come about: the last time counts. */
  readonly superseded?: true;
}

/** A command that the exercise ran, in the order of a run. */
export interface RanCommand {
  /** Title of the step that ran it. */
  readonly step: string;
  /** As it was run, quoted for a shell; its namespace is in it. */
  readonly command: string;
  /** As a person would type it: the same, but once where the exercise ran it many times by one command. */
  readonly typed: string;
  readonly exitCode: number;
  /** The lines of its output worth reading at once; unknown in records of earlier releases. */
  readonly shown?: readonly string[];
}

/** One wait for something to come true: what for, and how much of its time it took. */
export interface Wait {
  /** Title of the step in which it was waited. */
  readonly step: string;
  /** What was waited for, e.g. `attacker → backend: GET / gets no answer`. */
  readonly reason: string;
  /** True if it came true before the deadline. */
  readonly held: boolean;
  readonly waitedMs: number;
  readonly deadlineMs: number;
  readonly attempts: number;
}

/** A line in which a program warned of something, such as an API that is going to be removed. */
export interface Warning {
  /** Title of the step that ran it. */
  readonly step: string;
  readonly text: string;
}

/** A picture or table made of what an exercise measured. */
export interface Exhibit {
  readonly title: string;
  /** HTML with inline styles, or an SVG. */
  readonly html: string;
}

/** What one run of an exercise left behind, in order. */
export interface Story {
  /** Manifests that set the stage. */
  readonly setup: readonly AppliedManifest[];
  /** Who was there: once the stage was set, and when the lesson had ended. */
  readonly workloads: { readonly before: readonly SeenWorkload[]; readonly after: readonly SeenWorkload[] };
  readonly observations: readonly Observation[];
  /** How many calls by one command were shared out. */
  readonly shares: readonly Share[];
  readonly manifests: readonly AppliedManifest[];
  readonly findings: readonly Finding[];
  readonly exhibits: readonly Exhibit[];
  readonly commands: readonly RanCommand[];
}
