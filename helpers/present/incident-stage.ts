import { styleText } from 'node:util';

import type { FortioResult } from '../calls/fortio.ts';
import type { HiddenFault, IncidentExercise } from '../curriculum/incident-card.ts';
import { clockTime } from '../draw/clock-time.ts';
import { type IncidentAnswers, incidentQueries } from '../istio/incident-queries.ts';
import { type IncidentVerdict, nameOfVerdict } from '../istio/incident-verdict.ts';
import { Clock } from './clock.ts';
import { labelled, seenLine } from './demo-lines.ts';
import { type Guess, judge, readWish } from './incident-guess.ts';
import { answerLines, customersCalls, kindLines, queryLines, runbookLines } from './incident-lines.ts';
import type { IncidentTally } from './incident-summary.ts';

/** The cluster on which something is broken. */
export interface IncidentGround {
  readonly namespace: string;
  /** Makes calls as a customer does. */
  readonly customer: () => Promise<FortioResult>;
  /** What the five queries find now. */
  readonly answers: () => Promise<IncidentAnswers>;
  /** Asks the five queries until they name the same component twice in a row, or for as long as that may take. */
  readonly verdict: () => Promise<{ readonly verdict: IncidentVerdict; readonly answers: IncidentAnswers }>;
}

/** What a drill is shown with. */
export interface IncidentStageOptions {
  readonly exercise: Pick<IncidentExercise, 'stage' | 'fair' | 'kinds'>;
  readonly fault: HiddenFault;
  readonly ground: IncidentGround;
  /** Writes a line. */
  readonly say: (line: string) => void;
  /** Asks a person for a line; undefined where nobody is there, and the queries find it alone. */
  readonly ask: ((prompt: string) => Promise<string | undefined>) | undefined;
  /** Milliseconds from any beginning. */
  readonly now: () => number;
  /** Characters to a line. */
  readonly width: number;
}

/** How the search ended. */
export type IncidentSearch = Pick<
  IncidentTally,
  'played' | 'named' | 'queriesNamedIt' | 'guesses' | 'hints' | 'elapsedMs' | 'stopped'
>;

/** A drill on a terminal: what customers tell, the guesses and the hints, the clock, and at the end what the queries say. */
export class IncidentStage {
  readonly #options: IncidentStageOptions;
  readonly #clock: Clock;
  #guesses = 0;
  #hints = 0;

  constructor(options: IncidentStageOptions) {
    this.#options = options;
    this.#clock = new Clock(options.now);
  }

  /** What there is, before something breaks. */
  open(): void {
    const { exercise, ask, width } = this.#options;
    this.#say(labelled('STAGE', exercise.stage, width));
    if (ask === undefined) this.#hint('Nobody is asked: the five queries find the fault alone.');
  }

  /** Something is broken: tells what customers see, lets the person look for it, and shows what the queries say. */
  async search(felt: FortioResult): Promise<IncidentSearch> {
    const { fault, ask, width } = this.#options;
    this.#clock.start();
    this.#say([
      '',
      ...labelled('HEARD', `“${fault.customer}”`, width),
      ...labelled('SEEN', customersCalls(felt), width),
    ]);
    const end = ask === undefined ? 'answer' : await this.#guessing(ask);
    const elapsedMs = this.#clock.elapsedMs;
    const found = { played: ask !== undefined, guesses: this.#guesses, hints: this.#hints, elapsedMs };
    if (end === 'quit') return { ...found, named: false, queriesNamedIt: false, stopped: true };
    const queriesNamedIt = await this.#reveal();
    return { ...found, named: end === 'named', queriesNamedIt, stopped: false };
  }

  async #guessing(ask: (prompt: string) => Promise<string | undefined>): Promise<'named' | 'answer' | 'quit'> {
    const { exercise, ground, width } = this.#options;
    this.#hint(`Look around in another terminal: make shell. The namespace is ${ground.namespace}.`);
    this.#hint(exercise.fair);
    this.#say(['', ...kindLines(exercise.kinds, width)]);
    for (;;) {
      const line = await ask(`${styleText('bold', clockTime(this.#clock.elapsedMs))} > `);
      const wish = line === undefined ? ({ wants: 'quit' } as const) : readWish(line, exercise.kinds);
      if (wish.wants === 'quit' || wish.wants === 'answer') return wish.wants;
      if (wish.wants === 'help') this.#say(kindLines(exercise.kinds, width));
      if (wish.wants === 'customer') this.#say(labelled('SEEN', customersCalls(await ground.customer()), width));
      if (wish.wants === 'hint') await this.#nextHint();
      if (wish.wants === 'guess' && this.#guess(wish.guess)) return 'named';
    }
  }

  #guess(guess: Guess): boolean {
    this.#guesses += 1;
    const { isRight, words } = judge(guess, this.#options.fault);
    const mark = styleText(isRight ? 'green' : 'yellow', isRight ? '✓' : '✕');
    this.#say(labelled('', `${mark} ${words}`, this.#options.width));
    return isRight;
  }

  /** Each hint tells more: where to look, the query that decides, what it finds now. */
  async #nextHint(): Promise<void> {
    const { fault, ground, width } = this.#options;
    const { namespace } = ground;
    const query = incidentQueries(namespace).find(({ question }) => question === fault.decides);
    this.#hints += 1;
    if (this.#hints === 1) this.#say(labelled('HINT', fault.hint, width));
    else if (this.#hints === 2 && query !== undefined) this.#say(queryLines(query, width));
    else this.#say(answerLines(fault.decides, (await ground.answers())[fault.decides], namespace));
  }

  /** Shows the five queries with what they find, and what they come to. @returns true if that is what was broken */
  async #reveal(): Promise<boolean> {
    const { fault, ground, width } = this.#options;
    const { verdict, answers } = await ground.verdict();
    const broken = nameOfVerdict(fault);
    const isRight = nameOfVerdict(verdict) === broken && verdict.because.startsWith(fault.decides);
    const mark = isRight ? styleText('green', '✓') : styleText('red', '✕');
    this.#say(['', styleText('bold', 'The five queries, the same in every incident')]);
    this.#say(runbookLines(answers, ground.namespace, width));
    this.#say(['', seenLine(`${mark} ${styleText('bold', nameOfVerdict(verdict))} (${verdict.because})`)]);
    if (!isRight) this.#say(labelled('', `It was: ${broken}, which ${fault.decides} names.`, width));
    this.#say(labelled('WHY', fault.why, width));
    return isRight;
  }

  #hint(line: string): void {
    this.#say(labelled('', line, this.#options.width).map((each) => styleText('gray', each)));
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#options.say(line);
  }
}
