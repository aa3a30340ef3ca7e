/** The card every exercise carries: what the report needs to be a lesson is demanded by the type. */

/** A customer whose problem the course solves; the name stands in the report. */
export type Persona = 'Sarah Martinez' | 'Marcus Chen' | 'Jennifer' | 'Ahmed' | 'Lisa';

/** What a cluster must be able to do for an exercise to be meaningful. */
export type CapabilityName =
  | 'calc'
  | 'k8s'
  | 'netpol'
  | 'nodes2'
  | 'pcap'
  | 'sidecar'
  | 'native-sidecar'
  | 'prom'
  | 'kiali';

/** A claim of the course text that is wrong, and what is right; shown in the report beside the proof. */
export interface Erratum {
  /** Identifier of the erratum, e.g. `E114`. */
  readonly id: string;
  /** What the course text says, in our words. */
  readonly said: string;
  /** What is true. */
  readonly fact: string;
}

/** Everything a reader must be told about an exercise besides its steps. */
export interface Card {
  readonly persona: Persona;
  /** The persona's question, one or two sentences, as they would ask it. */
  readonly question: string;
  /** Why the steps prove the point: what would have to be true for the result to mislead, and what rules that out. */
  readonly proof: string;
  /** The one thing to remember, one sentence. */
  readonly takeaway: string;
  /** Capabilities of the cluster without which the exercise is skipped, each with its reason. */
  readonly needs: readonly CapabilityName[];
  /** Assertion ids of the curriculum that the steps prove, e.g. `m1.e4.a2`. */
  readonly proves: readonly string[];
  readonly errata?: readonly Erratum[];
  /** Public documentation to read next. */
  readonly readMore: string;
}

/** Ids of the curriculum that the card in a spec's text proves, read without running it. */
export function provenIds(spec: string): string[] {
  const [, list = ''] = /proves: \[([^\]]*)\]/.exec(spec) ?? [];
  return Array.from(list.matchAll(/'([^']+)'/g), ([, id = '']) => id);
}
