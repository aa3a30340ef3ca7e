import { escapeHtml } from '../../draw/escape.ts';
import { faint, note, table } from '../../draw/style.ts';
import type { ContractRun } from '../../runs/contract-run.ts';

/** What lessons rely on, image by image, and how it was found, HTML; nothing where that was not asked. */
export function contractTableHtml(run: ContractRun | undefined): string {
  if (run === undefined) return '';
  const broken = run.results.filter(({ state }) => state === 'broken');
  const others = run.results.filter(({ state }) => state !== 'broken');
  const held = others.filter(({ state }) => state === 'holds').length;
  const unasked = others.length === held ? '' : `; ${others.length - held} not asked, for the reason that stands there`;
  const rows = [...broken, ...others].map(({ name, image, expected, seen, state, usedBy }) => [
    `${state === 'broken' ? '✕ ' : state === 'not asked' ? '– ' : ''}<b>${escapeHtml(image)}</b><br><span style="${faint}">${escapeHtml(name)}</span>`,
    escapeHtml(expected),
    `<code style="overflow-wrap:anywhere">${escapeHtml(seen)}</code>`,
    escapeHtml(usedBy.join(', ')),
  ]);
  const doubtful = [...new Set(broken.flatMap(({ usedBy }) => usedBy))];
  return (
    `<p>Lessons take some things for granted in the images and nodes they use: a shell that does not expand braces, a log of a known form. Before a run each is asked of whichever images are in use (${escapeHtml(run.imageSource)}, ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC).</p>` +
    (broken.length === 0
      ? note(`All ${held} that were asked hold${unasked}.`, 'good')
      : note(`${broken.length} do not hold, so these are in doubt: ${escapeHtml(doubtful.join(', '))}.`, 'bad')) +
    table(['Image', 'Relied on', 'Seen', 'Used by'], rows)
  );
}
