import type { TroubleshootingIndex } from '../../curriculum/troubleshooting.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { paperTable } from '../../draw/paper.ts';
import { commandHtml } from '../pages/troubleshooting-page.ts';
import { typedFor } from '../pages/typed-commands.ts';
import type { Content } from './sheet.ts';

const columns = [
  ['What is seen', 24],
  ['Type first', 33],
  ['Cause', 34],
  ['Result', 9],
] as const;

/** From a symptom to its cause; a command stands there only if an exercise that proves the row has run it. */
export const troubleshootingSheet: Content = (proofs, { cards: { troubleshooting }, run }) => {
  const rowsOf = ({ rows }: TroubleshootingIndex['parts'][number]): string[][] =>
    rows.map((row) => [
      escapeHtml(row.symptom),
      typedFor(row, run.exercises) === undefined ? 'no such command was run' : commandHtml(row.first),
      proofs.told(row.cause, row.provenBy),
      proofs.ids(row.provenBy ?? []),
    ]);
  const parts = troubleshooting?.parts ?? [];
  const rows = parts.flatMap((part) => [[`<b>${escapeHtml(part.title)}</b>`]].concat(rowsOf(part)));
  const keep = (troubleshooting?.operations ?? []).map(
    ({ says, ...backing }) => `<li>${proofs.says(says, backing)}</li>`,
  );
  return [
    '<p>Where the result is marked ✓, the exercise has brought the cause about on purpose and run such a command. The same symptom may have other causes. Put names of your own in where the command has brackets or an ellipsis.</p>',
    paperTable(columns, rows),
    `<h2>Before something is wrong</h2><ul>${keep.join('')}</ul>`,
  ].join('');
};
