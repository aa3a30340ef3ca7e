import type { Demo } from '../../curriculum/demos.ts';
import { isSuchCommand } from '../../curriculum/troubleshooting.ts';
import { clockTime } from '../../draw/clock-time.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { paperTable } from '../../draw/paper.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Content, Ground, Proofs } from './sheet.ts';

const columns = [
  ['From', 4],
  ['Beat', 45],
  ['Say first, and what shows it', 51],
] as const;

/** Every demo as a strip of beats, with what must not be said and what to do when a step fails. */
export function demosSheet(demos: readonly Demo[]): Content {
  return (proofs, ground) =>
    [
      '<p>Commands are in short, without their folders and namespaces. The exercise of the demo has run each of them. PRESENT=auto rehearses a demo without stops.</p>',
      ...demos.map((demo) => stripHtml(demo, proofs, ground)),
    ].join('');
}

function stripHtml(demo: Demo, proofs: Proofs, ground: Ground): string {
  const rows = demo.beats.map((beat, index) => {
    const from = demo.beats.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
    const [said] = beat.say;
    return [
      clockTime(from * 1000),
      `${escapeHtml(beat.step)}${commandsHtml(beat.run, demo, ground.run)}`,
      said === undefined
        ? proofs.ids(beat.show)
        : proofs.says(`“${said.says}”`, { ...said, provenBy: [...new Set([...(said.provenBy ?? []), ...beat.show])] }),
    ];
  });
  const never = demo.neverSay.map(
    ({ says, errata }) => `“${escapeHtml(says)}” ${errata.map((id) => proofs.truth(id, ground)).join(' ')}`,
  );
  const [fallback = ''] = demo.whenItFails;
  return [
    `<h2>${escapeHtml(demo.title)}, ${clockTime(demo.limit * 1000)} at most: <code>make up</code>, <code>make demo-${escapeHtml(demo.demo)}</code></h2>`,
    paperTable(columns, rows),
    `<p><b>Never say:</b> ${never.join(' ')}</p>`,
    `<p><b>When a step fails:</b> ${escapeHtml(fallback)}</p>`,
  ].join('');
}

/** The commands that a beat names, those that its exercise has run. */
function commandsHtml(told: string, { path }: Demo, { exercises }: RunRecord): string {
  const typed = exercises
    .filter((each) => each.path === path && each.status === 'passed')
    .flatMap(({ commands }) => commands.map((each) => each.typed.replaceAll(/\S+\/(?=[^/\s]+\.ya?ml\b)/g, '')));
  const ran = told
    .split(', ')
    .filter((part) => /^(kubectl|istioctl) /.test(part) && typed.some((each) => isSuchCommand(part, each)));
  return ran.length === 0 ? '' : `<br><code>${ran.map(escapeHtml).join('<br>')}</code>`;
}
