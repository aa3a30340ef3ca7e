/** The form for success with customers, on paper: all of it is for somebody to fill in. */
import { type MetricsGroup, notMeasured } from '../../curriculum/metrics.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { paper, paperTable } from '../../draw/paper.ts';

/** A figure without its source is none, so each has a place for it. */
const columns = [
  ['What is counted', 40],
  ['Before', 12],
  ['After', 12],
  ['Source of both', 24],
  ['Date', 12],
] as const;

/** Lines for what nobody could answer. */
const questions = 6;

/** A page of A4. No figure is on it, and none that the course measured belongs there. */
export function metricsFormHtml(groups: readonly MetricsGroup[]): string {
  const empty = ['', '', '', '<br>&nbsp;'];
  const rows = groups.flatMap(({ title, lines }) => [
    [`<b>${escapeHtml(title)}</b>`],
    ...lines.map((line) => [escapeHtml(line), ...empty]),
  ]);
  return paper(
    'Success with customers',
    [
      '<h1>Success with customers <small>a form</small></h1>',
      `<p><b>${escapeHtml(notMeasured)}</b> Fill in your own figures, with where they are from.</p>`,
      paperTable(columns, rows),
      '<h2>Questions that customers asked and the course could not answer</h2>',
      paperTable(
        [
          ['Question', 60],
          ['Who asked, and when', 25],
          ['What would answer it', 15],
        ],
        Array.from({ length: questions }, () => ['<br>&nbsp;', '', '']),
      ),
    ].join(''),
  );
}
