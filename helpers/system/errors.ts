/** Problems that are not a lesson's result: each says in one line what is wrong and what to type next. */

/** Exit codes of every command: 1 is kept for lessons and tests that failed. */
export const exitCodes = { failed: 1, usage: 2, environment: 3, interrupted: 130 } as const;

/** Something the user or the machine must change before the course can run. */
export class Problem extends Error {
  override readonly name: string = 'Problem';
  readonly next: string;
  readonly exitCode: number;

  /**
   * @param what what is wrong, one line
   * @param next the command to type or the thing to change, one line
   */
  constructor(what: string, next: string, exitCode: number) {
    super(what);
    this.next = next;
    this.exitCode = exitCode;
  }
}

/** The words on the command line, or the values of its variables, are wrong. */
export class UsageProblem extends Problem {
  override readonly name = 'UsageProblem';
  constructor(what: string, next: string) {
    super(what, next, exitCodes.usage);
  }
}

/** The machine lacks something: an engine, a registry, disk, memory, a package. */
export class EnvironmentProblem extends Problem {
  override readonly name = 'EnvironmentProblem';
  constructor(what: string, next: string) {
    super(what, next, exitCodes.environment);
  }
}
