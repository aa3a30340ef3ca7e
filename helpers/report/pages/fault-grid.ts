import { escapeHtml } from '../../draw/escape.ts';
import { faint, table } from '../../draw/style.ts';
import type { FaultRun } from '../../faults/fault-run.ts';
import { type FaultCell, inWords } from '../../faults/verdict.ts';

/** Lessons × faults, HTML; nothing where no such run was kept. */
export function faultGridHtml(run: FaultRun | undefined): string {
  if (run === undefined) return '';
  const lessons = [...new Set(run.cells.map(({ lesson }) => lesson))].toSorted();
  const cellOf = (fault: string, lesson: string) => {
    const found = run.cells.find((cell) => cell.fault === fault && cell.lesson === lesson);
    return found === undefined ? '' : cellHtml(found);
  };
  const rows = run.faults.map(({ name, says, startedAt }) => [
    `<b>${escapeHtml(name)}</b><br>${escapeHtml(says)}<br><span style="${faint}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</span>`,
    ...lessons.map((lesson) => cellOf(name, lesson)),
  ]);
  return (
    `<p>Each lesson was run again while something else was broken. ` +
    'On broken ground it must be red; where what broke is nothing to it, it must see that.</p>' +
    table(['While the lesson ran', ...lessons.map(escapeHtml)], rows)
  );
}

function cellHtml(cell: FaultCell): string {
  const reason = cell.reason === '' ? '' : `<br><span style="${faint}">${escapeHtml(cell.reason.slice(0, 160))}</span>`;
  return `${cell.right ? '' : '✕ '}${escapeHtml(inWords(cell))}${cell.right ? reason : ''}`;
}
