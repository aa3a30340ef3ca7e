import { escapeHtml } from '../draw/escape.ts';
import { table } from '../draw/style.ts';
import { logStep, step } from '../record/allure.ts';
import { Stopped } from '../record/audience.ts';
import { inWords, provingPart } from '../record/evidence.ts';
import type { Recorder } from '../record/recorder.ts';
import { ExpectationError } from '../system/expectation-error.ts';

/** The story of an exercise: its steps, and what was found true, measured or drawn in them. */
export class Lesson {
  readonly recorder: Recorder;
  /** Failures of steps after which the audience wanted to see the next. */
  readonly #passedOver: unknown[] = [];

  constructor(recorder: Recorder) {
    this.recorder = recorder;
  }

  /** A step of the exercise; its title is what the learner reads. */
  async step(title: string, body: () => Promise<void>): Promise<void> {
    await this.recorder.begin(title);
    try {
      await step(title, body);
    } catch (error) {
      if (error instanceof Stopped || !(await this.recorder.failed(error))) throw error;
      this.#passedOver.push(error);
      return;
    }
    await this.recorder.held();
  }

  /** The story is told. @throws what the first step failed with that an audience wanted to go on after */
  end(): void {
    if (this.#passedOver.length > 0) throw this.#passedOver[0];
  }

  /**
   * A claim about what was measured or calculated.
   *
   * @throws {ExpectationError} if it does not hold; the message has the evidence
   */
  async check<T>(claim: string, evidence: T, holds: (evidence: T) => boolean): Promise<void> {
    const text = typeof evidence === 'string' ? evidence : JSON.stringify(evidence);
    await step(`Check: ${claim}`, async () => {
      await logStep(text.slice(0, 400));
      if (!holds(evidence)) {
        throw new ExpectationError(`It does not hold that ${claim}. Seen: ${text.slice(0, 2000)}`, true);
      }
      if (typeof evidence !== 'string') return this.recorder.findFigures(claim, inWords(evidence));
      const proof = provingPart(evidence, (part) => holds(part as T & string));
      return this.recorder.find(claim, proof, evidence);
    });
  }

  /** Records a figure that this run measured; `make roi` calculates with it. Rounded to hundredths. */
  async measure(assertion: string, what: string, value: number, unit: string): Promise<void> {
    const rounded = Math.round(value * 100) / 100;
    await logStep(`measured: ${what}: ${rounded} ${unit}`);
    this.recorder.measurements.push({ exercise: assertion, what, value: rounded, unit });
    await this.recorder.findFigures(`measured: ${what}`, `${rounded} ${unit}`);
  }

  /** Puts a picture drawn from the run into the story. */
  async show(title: string, svg: string): Promise<void> {
    await logStep(`picture: ${title}`);
    this.recorder.exhibits.push({ title, html: svg });
  }

  /** Puts a table of what was measured into the story; cells are plain text. */
  table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
    const cells = rows.map((row) => row.map(escapeHtml));
    this.recorder.exhibits.push({ title, html: table(heads.map(escapeHtml), cells) });
  }
}
