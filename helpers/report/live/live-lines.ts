import logUpdate from 'log-update';
import type { Reporter, TestCase } from 'vitest/node';

/** True where somebody watches: a terminal, and no CI. */
export const watched = process.stdout.isTTY && process.env['CI'] === undefined;

/** One line a lesson that runs, with its current step, below what the other reporters print. */
export class LiveLines implements Reporter {
  readonly #running = new Map<string, { readonly claim: string; step: string }>();

  onTestCaseReady(test: TestCase): void {
    this.#running.set(test.id, { claim: test.name, step: '' });
    this.#draw();
  }

  /** A lesson says what it does now. */
  step(testId: string, title: string): void {
    const running = this.#running.get(testId);
    if (running === undefined) return;
    running.step = title;
    this.#draw();
  }

  onTestCaseResult(test: TestCase): void {
    this.#running.delete(test.id);
    // Others print now; the lines are back with the next step.
    logUpdate.clear();
  }

  onTestModuleEnd(): void {
    logUpdate.clear();
  }

  onTestRunEnd(): void {
    logUpdate.clear();
  }

  #draw(): void {
    const width = process.stdout.columns;
    const lines = Array.from(
      this.#running.values(),
      ({ claim, step }) => ` … ${claim}${step === '' ? '' : ` › ${step}`}`,
    );
    logUpdate(lines.map((line) => (line.length < width ? line : `${line.slice(0, width - 2)}…`)).join('\n'));
  }
}
