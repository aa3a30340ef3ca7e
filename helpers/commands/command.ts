import { exitCodes, Problem } from '../system/errors.ts';
import { checkOwnFolders } from '../system/own-folders.ts';
import { ProgramFailed } from '../system/program.ts';
import { refuseUnread } from './variables.ts';

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
    refuseUnread(process.env['MAKEFLAGS']);
    checkOwnFolders();
    process.exit(await action());
  } catch (error) {
    const { says, next, exitCode } = endingOf(error);
    process.stderr.write(`\n${says}\nnext: ${next}\n`);
    process.exit(exitCode);
  }
}

/** What is said of an error that a person can do something about. @throws any other */
function endingOf(error: unknown): { readonly says: string; readonly next: string; readonly exitCode: number } {
  if (error instanceof ProgramFailed) {
    const next = 'make doctor tells what this machine lacks; make down starts anew';
    return { says: error.message, next, exitCode: exitCodes.environment };
  }
  // What was typed may have line breaks, and is told.
  if (error instanceof Problem) return { says: inOneLine(error.message), next: error.next, exitCode: error.exitCode };
  if (!isOfTheDisk(error)) throw error;
  return { says: inOneLine(error.message), next: `see to ${error.path}`, exitCode: exitCodes.environment };
}

const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

/** What a folder or a disk may refuse whatever the course does. A file that is missing is none of these. */
const refusals = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENAMETOOLONG',
]);

function isOfTheDisk(error: unknown): error is Error & { readonly path: string } {
  const { code = '', path } = error as NodeJS.ErrnoException;
  return error instanceof Error && refusals.has(code) && path !== undefined;
}
