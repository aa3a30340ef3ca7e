import type { Card } from '../card.ts';
import type { Sighting, Story } from '../evidence.ts';
import { escapeHtml } from './escape.ts';

/** A wait that took more than this share of its deadline is marked: the next one may not make it. */
export const warningShare = 0.75;

const words = { allowed: 'let through', blocked: 'refused', broken: 'broken' } as const;
const cell = 'style="padding:4px 10px;border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top"';

/** The story of one run of an exercise as HTML with inline styles, the only ones that the report lets through. */
export function storyHtml(card: Card, story: Story, pictureSvg: string): string {
  const picture =
    pictureSvg === ''
      ? ''
      : `<p><img alt="Who called whom, step by step" style="max-width:100%" src="data:image/svg+xml;base64,${Buffer.from(pictureSvg).toString('base64')}"></p>`;
  return [
    `<blockquote style="border-left:4px solid #0969da;margin:8px 0;padding:6px 14px;font-size:16px">${escapeHtml(card.question)}<br><span style="color:#57606a">— ${card.persona}</span></blockquote>`,
    section('What happened', picture + probes(story.sightings)),
    section(
      'What changed',
      story.manifests
        .map(
          ({ file, yaml, step }) =>
            `<p><b>${escapeHtml(file)}</b>, applied in “${escapeHtml(step)}”</p><pre style="background:#f6f8fa;color:#1f2328;padding:10px;border-radius:6px">${escapeHtml(yaml)}</pre>`,
        )
        .join(''),
    ),
    section('Why this proves it', `<p>${escapeHtml(card.proof)}</p>`),
    section(
      'Takeaway',
      `<p style="background:#dafbe1;color:#1f2328;padding:10px 14px;border-radius:6px"><b>${escapeHtml(card.takeaway)}</b></p>`,
    ),
    section(
      'What the course text got wrong',
      (card.errata ?? [])
        .map(
          ({ id, said, fact }) =>
            `<p><b>${id}</b> The text: <i>${escapeHtml(said)}</i><br>In truth: ${escapeHtml(fact)}</p>`,
        )
        .join(''),
    ),
    `<p style="color:#57606a">Proves ${card.proves.join(', ')} of the curriculum.</p>`,
  ].join('');
}

function section(title: string, html: string): string {
  return html === '' ? '' : `<h3>${title}</h3>${html}`;
}

function probes(sightings: readonly Sighting[]): string {
  if (sightings.length === 0) return '';
  const rows = sightings.map(({ step, caller, target, request, verdict, signature, waitedMs, deadlineMs }) => {
    const late = waitedMs > warningShare * deadlineMs ? ' ⚠ close to its deadline' : '';
    const time = `${(waitedMs / 1000).toFixed(1)} s of ${deadlineMs / 1000} s${late}`;
    const columns = [step, `${caller} → ${target}`, request, `${words[verdict]}: ${signature}`, time];
    return `<tr>${columns.map((column) => `<td ${cell}>${escapeHtml(column)}</td>`).join('')}</tr>`;
  });
  const heads = ['Step', 'Who → whom', 'Request', 'What happened', 'Settled after'].map(
    (head) => `<th ${cell}>${head}</th>`,
  );
  return `<details><summary>All probes of this run, with the time each took to settle</summary><table style="border-collapse:collapse;font-size:13px"><tr>${heads.join('')}</tr>${rows.join('')}</table></details>`;
}
