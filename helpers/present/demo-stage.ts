import type { Beat } from '../curriculum/demo-card.ts';
import type { Told } from '../record/audience.ts';
import { redact } from '../record/redact.ts';
import { inColumns } from './calls.ts';
import { Clock } from './clock.ts';
import { changeLine, foundLine } from './demo-lines.ts';
import { DemoScreen, type DemoScreenOptions } from './demo-screen.ts';
import { type ExerciseEnd, summaryOf } from './demo-summary.ts';
import { type Failure, failureOf } from './failure.ts';

/** What a demo is shown with, and what its clock goes by. */
export interface DemoStageOptions extends DemoScreenOptions {
  /** Milliseconds from any beginning. */
  readonly now: () => number;
}

/**
 * Shows an exercise to an audience, step by step and against the clock: what to say and to ask, then the calls as they
 * happen. What fails is said to have failed, and what is shown from an earlier run is said to be a recording.
 */
export class DemoStage {
  readonly #options: DemoStageOptions;
  readonly #screen: DemoScreen;
  readonly #clock: Clock;
  /** The beat of the step that runs. */
  #beat: Beat | undefined;
  /** How many beats have begun. */
  #begun = 0;
  #beganMs = 0;
  #endedMs = 0;
  #live = 0;
  #recorded = 0;
  #again = false;
  /** True once the presenter knows of a failure, and did not want to go on after it. */
  #over = false;
  /** What was seen in this beat. */
  readonly #seenHere = new Set<string>();

  constructor(options: DemoStageOptions) {
    this.#options = options;
    this.#screen = new DemoScreen(options);
    this.#clock = new Clock(options.now);
  }

  /** True where the presenter wants to begin anew. */
  get again(): boolean {
    return this.#again;
  }

  /** Shows a line of the exercise. @returns false where the exercise is to end and to take everything back */
  async show(told: Told): Promise<boolean> {
    if (told.kind === 'step') return this.#begin(told.title);
    if (told.kind === 'before') this.#change(told.typed);
    if (told.kind === 'called') this.#seen(inColumns(told.call));
    if (told.kind === 'found') {
      this.#seen(foundLine(told.sentence));
      if (told.figures !== '') this.#screen.figures(told.figures);
    }
    if (told.kind === 'held') this.#held();
    return told.kind === 'failed' ? this.#failed(failureOf(redact(told.message))) : true;
  }

  /** The exercise has ended before all of its steps were shown, though none of them failed. */
  async brokeOff(reason: string): Promise<void> {
    const rest = this.#beats.slice(this.#begun);
    const [next] = rest;
    if (this.#over || next === undefined) return;
    const failure = { expected: `the step “${next.step}” begins`, seen: redact(reason) };
    if (!(await this.#goesOnAfter(failure, next))) return;
    this.#clock.start();
    for (const beat of rest) {
      if (!(await this.#open(beat))) return;
      this.#play(beat);
    }
  }

  /** Says how it went. @returns the exit code */
  conclude(end: ExerciseEnd): number {
    const { demo, say } = this.#options;
    const { lines, exitCode } = summaryOf(
      {
        beats: demo.beats.length,
        live: this.#live,
        recorded: this.#recorded,
        elapsedMs: this.#endedMs,
        limitMs: demo.limit * 1000,
        rehearsal: this.#screen.isRehearsal,
      },
      end,
    );
    for (const line of ['', ...lines]) say(line);
    return exitCode;
  }

  get #beats(): readonly Beat[] {
    return this.#options.demo.beats;
  }

  /** A step begins; before the first the presenter starts the clock. */
  async #begin(title: string): Promise<boolean> {
    this.#beat = this.#beats.find(({ step }) => step === title);
    if (this.#beat === undefined) return true;
    if (this.#begun === 0) {
      if (!(await this.#screen.stage())) return false;
      this.#clock.start();
    }
    return this.#open(this.#beat);
  }

  async #open(beat: Beat): Promise<boolean> {
    this.#begun = this.#beats.indexOf(beat) + 1;
    this.#beganMs = this.#clock.elapsedMs;
    this.#endedMs = this.#beganMs;
    this.#seenHere.clear();
    return this.#screen.open(beat, this.#beganMs);
  }

  #change(typed: string): void {
    const change = changeLine(typed);
    if (change === undefined) return;
    if (this.#begun === 0) this.#screen.hint(`The stage is being set: ${change}`);
    else if (this.#beat !== undefined) this.#screen.seen(change);
  }

  /** A line of what was seen; what comes again in the same beat stands there once. */
  #seen(line: string): void {
    if (this.#beat === undefined || this.#seenHere.has(line)) return;
    this.#seenHere.add(line);
    this.#screen.seen(line);
  }

  #held(): void {
    const beat = this.#beat;
    this.#beat = undefined;
    if (beat === undefined) return;
    this.#live += 1;
    this.#endedMs = this.#clock.elapsedMs;
    this.#screen.ids(beat);
    if (this.#screen.isRehearsal) this.#screen.time(beat, this.#endedMs - this.#beganMs);
  }

  /** A step failed. @returns true where the next is to be shown all the same */
  async #failed(failure: Failure): Promise<boolean> {
    const beat = this.#beat;
    this.#beat = undefined;
    if (beat === undefined || !(await this.#goesOnAfter(failure, beat))) return false;
    this.#play(beat);
    return true;
  }

  /** True where what failed is to be shown as it was recorded. */
  async #goesOnAfter(failure: Failure, beat: Beat): Promise<boolean> {
    this.#endedMs = this.#clock.elapsedMs;
    const wish = await this.#screen.afterFailure(failure, beat);
    if (wish === 'recorded') return true;
    this.#over = true;
    this.#again = wish === 'again';
    if (this.#again) this.#screen.hint('Everything is taken back, and then it begins again.');
    return false;
  }

  #play(beat: Beat): void {
    if (this.#screen.play(beat)) this.#recorded += 1;
    this.#endedMs = this.#clock.elapsedMs;
  }
}
