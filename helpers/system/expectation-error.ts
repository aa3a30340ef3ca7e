import { AssertionError } from 'node:assert';

/** An expectation that was not met: the only error that says something about a lesson rather than about the machine. */
export class ExpectationError extends AssertionError {
  /**
   * True if what was seen instead is a working answer, as it was before the lesson's change; false if something is
   * broken, which is no evidence for or against a lesson.
   */
  readonly sawAnswer: boolean;

  constructor(message: string, sawAnswer: boolean) {
    super({ message });
    this.sawAnswer = sawAnswer;
  }
}
