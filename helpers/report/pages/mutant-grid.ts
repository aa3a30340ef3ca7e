import { escapeHtml } from '../../draw/escape.ts';
import { faint, table } from '../../draw/style.ts';
import { isUnexplained, type MutantRow, type MutantRun } from '../../mutants/mutant-run.ts';

const marks = { killed: '✓', survived: '~', refused: '·', 'not met': '?' } as const;

/** Exercises × mutants of their manifests, HTML; nothing where no such run was kept. */
export function mutantGridHtml(run: MutantRun | undefined): string {
  if (run === undefined) return '';
  const paths = [...new Set(run.rows.map(({ path }) => path))];
  const rows = paths.map((path) => {
    const own = run.rows.filter((row) => row.path === path);
    return [
      escapeHtml(path),
      `<span style="letter-spacing:3px">${own.map(markHtml).join('')}</span>`,
      own.filter(isOdd).map(oddHtml).join('<br>'),
    ];
  });
  return (
    `<p>Each lesson manifest was changed in one place at a time, and the exercise run with it, last at ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC. ` +
    'An exercise that stays green does not prove what that place says. ' +
    '✓ it went red; ~ it stayed green, with the reason why it may; · the API server refused the manifest; <b>✕</b> it stayed green and nobody knows why; ? it was not tried out.</p>' +
    table(['Exercise', 'Changes', 'Not noticed, and why'], rows)
  );
}

function markHtml(row: MutantRow): string {
  const mark = row.end === 'survived' && isUnexplained(row) ? '<b>✕</b>' : marks[row.end];
  return `<span title="${escapeHtml(`${row.mutant}: ${row.end}`)}">${mark}</span>`;
}

function isOdd({ end }: MutantRow): boolean {
  return end === 'survived' || end === 'not met';
}

function oddHtml({ mutant, allowed, reason }: MutantRow): string {
  return `${escapeHtml(mutant)}<br><span style="${faint}">${escapeHtml(allowed || reason || 'no reason is known')}</span>`;
}
