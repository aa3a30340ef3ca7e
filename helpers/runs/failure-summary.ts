import type { RecordedExercise } from '../record/record.ts';

/** What a terminal shows of one message; the report has the whole of it. */
const shownLines = 12;

/**
 * What failed, as the last words of a run: where a log is cut, its end is what is left. Each exercise with the beginning
 * of its message, and with what runs it alone; empty if none failed.
 *
 * @param again what ran them, e.g. `make course`
 */
export function failureSummary(
  exercises: readonly Pick<RecordedExercise, 'path' | 'status' | 'message'>[],
  again: string,
): string {
  return exercises
    .filter(({ status }) => status !== 'passed' && status !== 'skipped')
    .map(({ path, message }) => {
      const lines = message.split('\n').filter((line) => line.trim() !== '');
      const shown = lines.slice(0, shownLines).map((line) => `  ${line}\n`);
      return `\n✕ ${path}\n${shown.join('')}  once more: ${again} ONLY=${path}\n`;
    })
    .join('');
}
