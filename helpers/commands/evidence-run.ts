import { runWords } from '../present/backing-lines.ts';
import { namedCourse, notCounted } from '../runs/last-course.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

/**
 * The run that evidence is taken from: the one that RUN names, or the last of the course on this machine. What ran here since
 * then and is not counted is said.
 *
 * @throws {UsageProblem} if RUN names none
 */
export async function evidenceRun(): Promise<RunRecord | undefined> {
  const { RUN } = given('RUN');
  const run = await namedCourse(RUN);
  if (run === undefined || RUN !== undefined) return run;
  for (const later of await notCounted(run)) {
    const red = later.exercises.filter(({ status }) => status !== 'passed' && status !== 'skipped').length;
    say(`Not counted, although it is later: ${runWords(later)}, ${red} of ${later.exercises.length} red`);
  }
  return run;
}
