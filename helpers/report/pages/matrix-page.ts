import { minorOf } from '../../../kind/istio-releases.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, note, seconds, section, table } from '../../draw/style.ts';
import type { RecordedExercise } from '../../record/record.ts';
import type { MatrixColumn } from '../../runs/matrix.ts';

/** Marks of a cell, by Allure's word for how an exercise ended. */
const marks: Readonly<Record<string, string>> = {
  passed: '<span style="color:#1a7f37">✓</span>',
  skipped: '–',
  failed: '<b style="color:#c62828">✕</b>',
  broken: '<b style="color:#c62828">✕</b>',
};

/** One page that loads nothing: every pair of versions, every exercise, each cell with a link into that pair's report. */
export function matrixPage(columns: readonly MatrixColumn[]): string {
  const title = 'The course on every pair of versions';
  const heads = columns.map(({ pair: { istio, kubernetes } }) => `Istio ${istio}<br>Kubernetes ${kubernetes}`);
  const body = [
    `<h1>${title}</h1>`,
    note(escapeHtml(summary(columns)), columns.some(isRed) ? 'bad' : 'good'),
    table(['', ...heads], overview(columns)),
    section(
      'Exercises',
      table(
        ['', ...heads],
        paths(columns).map((path) => row(path, columns)),
      ),
    ),
    `<p style="${faint}">✓ proven, ✕ not proven, – skipped, an empty cell: not run. Each mark leads into the report of its pair.</p>`,
  ].join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body style="font-family:system-ui,sans-serif;margin:24px auto;max-width:1200px;padding:0 16px">${body}</body></html>\n`;
}

/** The outcome in a few words. */
export function summary(columns: readonly MatrixColumn[]): string {
  const ended = columns.filter(({ run }) => run !== undefined);
  const red = ended
    .filter(isRed)
    .map(({ pair: { istio, kubernetes } }) => `Istio ${istio} on Kubernetes ${kubernetes}`);
  const told = `${ended.length} of ${columns.length} pairs have been run`;
  return `${told}; ${red.length === 0 ? 'every exercise that could run passed on each of them' : `red: ${red.join(', ')}`}.`;
}

/** True if the course ended red on the pair. */
export function isRed({ run, result }: MatrixColumn): boolean {
  return run !== undefined && (failures(run.exercises) > 0 || (result?.exitCode ?? 0) !== 0);
}

function failures(exercises: readonly RecordedExercise[]): number {
  return exercises.filter(({ status }) => status !== 'passed' && status !== 'skipped').length;
}

function overview(columns: readonly MatrixColumn[]): string[][] {
  const each = (what: string, cell: (column: MatrixColumn) => string) => [what, ...columns.map(cell)];
  const count = ({ run }: MatrixColumn, status: string) =>
    run === undefined ? '' : String(run.exercises.filter((exercise) => exercise.status === status).length);
  return [
    each('supported by Istio', ({ supported }) => (supported ? 'yes' : 'no')),
    each('passed', (column) => count(column, 'passed')),
    each('not passed', ({ run }) => (run === undefined ? 'not run' : String(failures(run.exercises)))),
    each('skipped', (column) => count(column, 'skipped')),
    each('took, from the command to the report', ({ result }) =>
      result === undefined ? '' : seconds(result.seconds * 1000),
    ),
    each('istiod', ({ run }) => escapeHtml(run?.facts.versions['istiod'] ?? '')),
    each('report', ({ folder, run }) => (run === undefined ? '' : `<a href="${folder}/html/index.html">open</a>`)),
    each('compared with the first', ({ folder, run }) =>
      run === undefined || folder === columns[0]?.folder ? '' : `<a href="${folder}/drift.html">differences</a>`,
    ),
  ];
}

/** Every exercise of any pair, in the order of the course. */
function paths(columns: readonly MatrixColumn[]): string[] {
  const all = new Set(columns.flatMap(({ run }) => run?.exercises.map(({ path }) => path) ?? []));
  return [...all].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function row(path: string, columns: readonly MatrixColumn[]): string[] {
  const found = columns.map(({ folder, run }) => ({
    folder,
    exercise: run?.exercises.find((exercise) => exercise.path === path),
  }));
  const [known] = found.flatMap(({ exercise }) => (exercise === undefined ? [] : [exercise]));
  return [
    `<span style="${faint}">${escapeHtml(path)}</span><br>${escapeHtml(known?.claim ?? '')}`,
    ...found.map(({ folder, exercise }) =>
      exercise === undefined
        ? ''
        : `<a style="text-decoration:none" href="${folder}/html/index.html#${exercise.page}" title="${escapeHtml(exercise.reason)}">${marks[exercise.status] ?? escapeHtml(exercise.status)}</a>`,
    ),
  ];
}

/** The same in Markdown, for the summary of a job. */
export function matrixMarkdown(columns: readonly MatrixColumn[]): string {
  const rows = columns.map(({ pair: { istio, kubernetes }, supported, run }) => {
    const passed = run?.exercises.filter(({ status }) => status === 'passed').length ?? 0;
    const ended = run === undefined ? 'not run' : `${passed} passed, ${failures(run.exercises)} not`;
    return `| ${minorOf(istio)} | ${minorOf(kubernetes)} | ${supported ? 'yes' : 'no'} | ${ended} |`;
  });
  return ['| Istio | Kubernetes | supported | the course |', '|---|---|---|---|', ...rows, ''].join('\n');
}
