/** Somebody who watches an exercise while it runs, and may say when it goes on: nobody, a terminal, a presenter. */
import type { Transcript } from '../system/program.ts';
import type { Observation } from './observation.ts';

/** A call that settled, as far as an audience is told of it. */
export type SeenCall = Pick<Observation, 'caller' | 'cluster' | 'target' | 'request' | 'verdict' | 'signature'>;

/** What is told while an exercise runs, in its order. */
export interface Audience {
  /** A step begins. */
  readonly step: (title: string) => Promise<void>;
  /**
   * A command is about to run.
   *
   * @param typed as a person would type it
   * @param expected what is to be seen, e.g. `is answered with 200`; empty where nothing is expected
   * @param goesOn true where the exercise cannot wait, because something else runs meanwhile
   */
  readonly before: (typed: string, expected: string, goesOn: boolean) => Promise<void>;
  /** It ran; where it was asked again and again, for the last time. */
  readonly after: (shown: Transcript) => Promise<void>;
  /** A call settled, as it was expected to or not. */
  readonly called: (call: SeenCall) => Promise<void>;
  /**
   * What was found by it, in a sentence.
   *
   * @param evidence the lines that show it, where the output had more; else empty
   * @param figures what was counted or measured, which no output has shown; else empty
   */
  readonly found: (sentence: string, evidence: string, figures: string) => Promise<void>;
  /** The step that began last has ended, and everything in it held. */
  readonly held: () => Promise<void>;
  /**
   * The step that began last failed.
   *
   * @param message what was expected and what was seen, a line each, and then more
   * @returns true to go on with the next step, though the exercise will fail; false to end it here
   */
  readonly failed: (message: string) => Promise<boolean>;
}

/** The person who watches wanted to end before the exercise had ended. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Nobody: the exercise runs as fast as it can. */
export const nobody: Audience = {
  step: async () => {},
  before: async () => {},
  after: async () => {},
  called: async () => {},
  found: async () => {},
  held: async () => {},
  failed: async () => false,
};

/** A line from an exercise to whoever presents it. It is answered by {@link goOn} or {@link stop}, on a line too. */
export type Told =
  | { readonly kind: 'step'; readonly title: string }
  | { readonly kind: 'before'; readonly typed: string; readonly expected: string; readonly goesOn: boolean }
  | { readonly kind: 'after'; readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly kind: 'called'; readonly call: SeenCall }
  | { readonly kind: 'found'; readonly sentence: string; readonly evidence: string; readonly figures: string }
  | { readonly kind: 'held' }
  | { readonly kind: 'failed'; readonly message: string };

export const goOn = 'go on';
/** The exercise is to end here, and to take everything back. */
export const stop = 'stop';
