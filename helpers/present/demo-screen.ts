import { styleText } from 'node:util';

import type { Curriculum } from '../curriculum/curriculum.ts';
import type { Beat } from '../curriculum/demo-card.ts';
import { type Demo, shownBy } from '../curriculum/demos.ts';
import { clockTime } from '../draw/clock-time.ts';
import type { GreenRun } from '../runs/last-green.ts';
import {
  dayOf,
  failureLines,
  figuresLines,
  labelled,
  noteLines,
  recordedHead,
  recordedLines,
  sayLines,
  seenLine,
  showLines,
  titleLines,
} from './demo-lines.ts';
import type { Failure } from './failure.ts';
import type { demoKeys, WishOf } from './keys.ts';

/** What a demo is shown with. */
export interface DemoScreenOptions {
  readonly demo: Demo;
  readonly curriculum: Pick<Curriculum, 'modules'>;
  /** The last run in which the exercise passed; undefined where none is kept. */
  readonly recording: GreenRun | undefined;
  /** What it runs on, in a few words. */
  readonly ground: string;
  /** Writes a line. */
  readonly say: (line: string) => void;
  /** Asks the presenter; undefined at a rehearsal, which nothing stops. */
  readonly wish: (() => Promise<WishOf<typeof demoKeys>>) | undefined;
  /** Characters to a line. */
  readonly width: number;
}

/** The screen of a demo, and the keys of whoever presents it. */
export class DemoScreen {
  readonly #options: DemoScreenOptions;

  constructor(options: DemoScreenOptions) {
    this.#options = options;
  }

  /** True where nobody is asked. */
  get isRehearsal(): boolean {
    return this.#options.wish === undefined;
  }

  /** Who is there before the first step. @returns false where the presenter ends it here */
  async stage(): Promise<boolean> {
    const { demo, ground, recording, width } = this.#options;
    const limit = clockTime(demo.limit * 1000);
    this.#say(labelled('STAGE', `${demo.stage} ${ground}`, width));
    if (this.isRehearsal) this.hint(`A rehearsal: nothing stops it, and it may take ${limit}.`);
    else {
      this.hint(
        recording === undefined
          ? `Nothing is kept to show where a step fails; make course ONLY=${demo.path} keeps a run.`
          : `Where a step fails, the run of ${dayOf(recording.facts.startedAt)} can be shown.`,
      );
      this.hint('Enter goes on · n notes · q ends it and takes everything away');
      this.hint(`The clock starts with Enter: ${limit}`);
    }
    return this.#goesOn();
  }

  /** What a beat is about, and what to say and to ask. @returns false where the presenter ends it here */
  async open(beat: Beat, elapsedMs: number): Promise<boolean> {
    const { demo, width } = this.#options;
    const place = { number: demo.beats.indexOf(beat) + 1, of: demo.beats.length, elapsedMs };
    this.#say(['', ...titleLines(beat, place, width), ...sayLines(beat, width)]);
    if (!this.isRehearsal) this.hint('Enter');
    return this.#goesOn(beat);
  }

  /** A line of what a beat does and what is seen by it. */
  seen(line: string): void {
    this.#say([seenLine(line)]);
  }

  /** What was counted or measured: as much of it as can be taken in at a glance. */
  figures(text: string): void {
    this.#say(figuresLines(text, this.#options.width));
  }

  /** A line for the presenter. */
  hint(line: string): void {
    this.seen(styleText('gray', line));
  }

  /** The ids that a beat has shown. */
  ids({ show }: Beat): void {
    const { demo, curriculum, width } = this.#options;
    this.#say(showLines(shownBy(show, demo, curriculum), width));
  }

  /** How long a beat took, where nobody talked. */
  time({ seconds }: Beat, tookMs: number): void {
    const took = (tookMs / 1000).toFixed(1);
    const over = tookMs > seconds * 1000 ? ', over its budget' : '';
    this.#say(labelled('TIME', `${took} s of ${seconds} s${over}`, this.#options.width));
  }

  /** Says in two lines what failed, and asks what is to come; without a presenter it ends. */
  async afterFailure(failure: Failure, beat: Beat): Promise<'recorded' | 'again' | 'end'> {
    const { width, wish } = this.#options;
    this.#say(failureLines(failure, width));
    if (wish === undefined) return 'end';
    const playable = this.#recordingOf(beat).length > 0;
    const end = 'n notes · q ends it and takes everything away';
    this.hint(`r again from the start${playable ? ' · e this step as it was recorded' : ''} · ${end}`);
    if (!playable) this.hint('No run in which this step held is kept on this machine, so there is no e.');
    for (;;) {
      const wanted = await wish();
      if (wanted === 'notes') this.#notes(beat);
      if (wanted === 'quit') return 'end';
      if (wanted === 'again') return 'again';
      if (wanted === 'recorded' && playable) return 'recorded';
    }
  }

  /** Shows a beat as the last green run has it. @returns false where it has nothing of it */
  play(beat: Beat): boolean {
    const { recording, width } = this.#options;
    const lines = this.#recordingOf(beat);
    if (recording === undefined || lines.length === 0) {
      this.hint('No recording of this step is kept on this machine.');
      return false;
    }
    const day = dayOf(recording.facts.startedAt);
    const words = `This was a recording of ${day}, and not this cluster. I will send you a live run.`;
    this.#say([recordedHead(recording), ...lines, ...labelled('SAY', words, width)]);
    this.ids(beat);
    return true;
  }

  #recordingOf({ step }: Beat): string[] {
    const { recording } = this.#options;
    return recording === undefined ? [] : recordedLines(recording, step);
  }

  /** Waits for the presenter, who may look at the notes before. */
  async #goesOn(beat?: Beat): Promise<boolean> {
    for (;;) {
      const wish = (await this.#options.wish?.()) ?? 'next';
      if (wish === 'quit') return false;
      if (wish === 'next') return true;
      if (wish === 'notes') this.#notes(beat);
    }
  }

  /** The notes of a beat; before the first, what is not to be said in any. */
  #notes(beat: Beat | undefined): void {
    const { width, demo } = this.#options;
    if (beat !== undefined) this.#say(noteLines(beat, width));
    else this.#say(demo.neverSay.flatMap(({ says }) => labelled('NOTE', `Never say: ${says}`, width)));
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#options.say(line);
  }
}
