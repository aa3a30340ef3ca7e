import { escapeHtml } from '../../draw/escape.ts';
import { listing, more, seconds, table } from '../../draw/style.ts';
import type { Finding, Observation, RanCommand, Story } from '../../record/observation.ts';
import { warningShare } from '../../record/record.ts';

const words = { allowed: '✓ let through', blocked: '✕ refused', broken: '? broken' } as const;

/** Every call of an exercise in order, each with its command and what that printed. */
export function callsHtml({ observations, commands }: Pick<Story, 'observations' | 'commands'>): string {
  const rows = observations.flatMap((observation, index) => {
    const { step, caller, cluster, target, verdict, signature } = observation;
    const command = commands[observation.command ?? -1];
    const row = [
      `${escapeHtml(caller)}${cluster === '' ? '' : ` in ${escapeHtml(cluster)}`} → ${escapeHtml(target)}`,
      `<code>${escapeHtml(askedFor(observation, command))}</code>${exchange(command)}`,
      `<b style="white-space:nowrap">${words[verdict]}</b><br>${escapeHtml(signature)}${settled(observation)}`,
    ];
    return step === observations[index - 1]?.step ? [row] : [[stepHtml(step)], row];
  });
  return table(['Who → whom', 'What was asked', 'What came back'], rows);
}

/** What else was found true, the part that shows it first, and the command that printed it. */
export function findingsHtml({ findings, commands }: Pick<Story, 'findings' | 'commands'>): string {
  const rows = findings.flatMap((finding, index) => {
    const { step, claim, evidence, around } = finding;
    const row = [
      escapeHtml(claim),
      `<code style="white-space:pre-wrap;overflow-wrap:anywhere;font-size:12.5px;font-weight:bold">${escapeHtml(evidence)}</code>` +
        printedBy(finding, commands) +
        (around === undefined ? '' : more('what stands around it in the output', listing(escapeHtml(around)))),
    ];
    return step === findings[index - 1]?.step ? [row] : [[stepHtml(step)], row];
  });
  return table(['It was found that', 'What shows it'], rows);
}

/** Of a count no command is told: it stands in no output as it is. */
function printedBy({ command = -1, printed = false }: Finding, commands: readonly RanCommand[]): string {
  const typed = printed ? commands[command]?.typed : undefined;
  return typed === undefined ? '' : more('the command that printed it', listing(escapeHtml(`$ ${typed}`)));
}

/** Request, and what tells calls to one name apart: its port, and whether the caller speaks TLS, e.g. `GET / at :8080`. */
function askedFor({ host = '', request }: Observation, command: RanCommand | undefined): string {
  const port = /:\d+$/.exec(host)?.[0];
  const byTls = command !== undefined && /\shttps:\/\//.test(command.typed.replaceAll(/['"]/g, ''));
  return `${request}${byTls ? ' by https' : ''}${port === undefined ? '' : ` at ${port}`}`;
}

function stepHtml(step: string): string {
  return `<b>${escapeHtml(step)}</b>`;
}

function exchange(command: RanCommand | undefined): string {
  if (command === undefined) return '';
  const { typed, shown = [] } = command;
  return more('command and output', listing(escapeHtml([`$ ${typed}`, ...shown].join('\n'))));
}

/** How long it took is told where it nearly took too long. */
function settled({ waitedMs, deadlineMs }: Observation): string {
  if (waitedMs <= warningShare * deadlineMs) return '';
  return `<br><b>⚠ close to its deadline: ${seconds(waitedMs)} of ${seconds(deadlineMs)}</b>`;
}
