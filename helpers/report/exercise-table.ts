import { escapeHtml } from './escape.ts';
import type { ExerciseResult } from './results.ts';
import { seconds } from './story.ts';
import { faint, table } from './style.ts';

const marks: Readonly<Record<string, string>> = {
  passed: '✓ proven',
  skipped: '– skipped',
  failed: '✕ not proven',
  broken: '✕ not proven',
};

/** The exercises of a run, each with a link to its page. */
export function exerciseTable(exercises: readonly ExerciseResult[]): string {
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
