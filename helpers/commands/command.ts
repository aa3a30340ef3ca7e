import { exitCodes, Problem } from '../system/errors.ts';
import { ProgramFailed } from '../system/program.ts';

/**
 * Runs a command to its end and leaves the process with its exit code. A {@link Problem} becomes two lines: what is
 * wrong, and what to type next; a program that failed outside any lesson, its output and the same.
 *
 * @param action returns the exit code
 */
export async function command(action: () => Promise<number>): Promise<never> {
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
  process.once('SIGTERM', () => process.exit(exitCodes.interrupted));
  try {
    process.exit(await action());
  } catch (error) {
    if (error instanceof ProgramFailed) {
      process.stderr.write(
        `\n${error.message}\nnext: make doctor tells what this machine lacks; make down starts anew\n`,
      );
      process.exit(exitCodes.environment);
    }
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`\n${error.message}\nnext: ${error.next}\n`);
    process.exit(error.exitCode);
  }
}
