import type { CapabilityName } from './capabilities.ts';

/** The card every exercise carries: what the report needs to be a lesson is demanded by the type. */

/** A customer whose problem the course solves; the name stands in the report. */
export type Persona = 'Sarah Martinez' | 'Marcus Chen' | 'Jennifer' | 'Ahmed Hassan' | 'Lisa Andersson';

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
  /** Claims that it shows to be wrong, the course text's or others', by their ids in specs/curriculum/errata.yaml, e.g. `E114`. */
  readonly errata?: readonly string[];
  /** Public documentation to read next. */
  readonly readMore: string;
}

/** Ids of the curriculum that the card in a spec's text proves, read without running it. */
export function provenIds(spec: string): string[] {
  return wordsIn('proves', spec);
}

/** Capabilities that the card in a spec's text needs, read without running it. */
export function neededCapabilities(spec: string): CapabilityName[] {
  return wordsIn('needs', spec) as CapabilityName[];
}

function wordsIn(field: string, spec: string): string[] {
  const [, list = ''] = new RegExp(`\\b${field}: \\[([^\\]]*)\\]`).exec(spec) ?? [];
  return Array.from(list.matchAll(/'([^']+)'/g), ([, word = '']) => word);
}
