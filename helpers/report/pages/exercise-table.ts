import { escapeHtml } from '../../draw/escape.ts';
import { faint, seconds, table } from '../../draw/style.ts';
import type { RecordedExercise } from '../../record/record.ts';

const marks: Readonly<Record<string, string>> = {
  passed: '✓ proven',
  skipped: '– skipped',
  failed: '✕ not proven',
  broken: '✕ not proven',
};

/** The exercises of a run, each with a link to its page. */
export function exerciseTable(exercises: readonly RecordedExercise[]): string {
  return table(
    ['Result', 'Exercise and claim', 'Change seen after', 'Took'],
    exercises.map(({ page, module, exercise, claim, status, reason, durationMs, effectMs }) => [
      `<b style="white-space:nowrap">${marks[status] ?? escapeHtml(status)}</b>`,
      `<span style="${faint}">${escapeHtml(module)} › ${escapeHtml(exercise)}</span><br><a href="#${page}">${escapeHtml(claim)}</a>` +
        (reason === '' ? '' : `<br>${escapeHtml(reason)}`),
      effectMs === undefined ? '–' : seconds(effectMs),
      seconds(durationMs),
    ]),
  );
}
