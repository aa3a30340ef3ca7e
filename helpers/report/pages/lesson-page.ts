import type { KnownErratum } from '../../curriculum/curriculum.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, listing, note, seconds, section, table } from '../../draw/style.ts';
import type { Card } from '../../record/card.ts';
import type { Observation, Story } from '../../record/observation.ts';
import { timeToEffect, warningShare } from '../../record/record.ts';

const words = { allowed: '✓ let through', blocked: '✕ refused', broken: '? broken' } as const;

/** The story of one run of an exercise as HTML with inline styles, the only ones that the report lets through. */
export function lessonHtml(card: Card, story: Story, pictureSvg: string, errata: readonly KnownErratum[]): string {
  const effectMs = timeToEffect(story);
  return [
    `<blockquote style="border-left:5px solid #0969da;margin:8px 0;padding:6px 14px;font-size:17px">“${escapeHtml(card.question)}”<br><span style="${faint}">— ${escapeHtml(card.persona)}</span></blockquote>`,
    section('What happened in this run', pictureHtml(pictureSvg)),
    section('What changes', changes(story)),
    ...story.exhibits.map(({ title, html }) => section(escapeHtml(title), exhibit(html))),
    section('Every call, in order', probes(story.observations)),
    section('What else was found', findings(story)),
    effectMs === undefined ? '' : `<p>The change showed itself within ${seconds(effectMs)}.</p>`,
    section('Why this proves it', `<p>${escapeHtml(card.proof)}</p>`),
    section('Takeaway', note(`<b>${escapeHtml(card.takeaway)}</b>`, 'good')),
    section('What the course text got wrong', setRight(card, errata)),
    `<p style="${faint}">Proves ${escapeHtml(card.proves.join(', '))} of the curriculum. Read more: <a href="${escapeHtml(card.readMore)}">${escapeHtml(card.readMore)}</a></p>`,
  ].join('');
}

function pictureHtml(svg: string): string {
  if (svg === '') return '';
  const data = Buffer.from(svg).toString('base64');
  return `<img alt="Who called whom, step by step" style="width:100%;max-width:900px" src="data:image/svg+xml;base64,${data}">`;
}

/** Each manifest where it was applied; its text only the first time. */
function changes({ manifests }: Story): string {
  const told = manifests.map(({ file, yaml, step }, index) => {
    const again = manifests.slice(0, index).some((earlier) => earlier.file === file && earlier.yaml === yaml);
    const text = again ? '' : listing(escapeHtml(yaml.trimEnd()));
    return `<p><b>${escapeHtml(file)}</b>, applied${again ? ' again' : ''} in “${escapeHtml(step)}”</p>${text}`;
  });
  return told.join('');
}

function probes(observations: readonly Observation[]): string {
  const rows = observations.map((observation, index) => {
    const { step, caller, target, request, verdict, signature, waitedMs, deadlineMs } = observation;
    const late = waitedMs > warningShare * deadlineMs ? '<br><b>⚠ close to its deadline</b>' : '';
    return [
      step === observations[index - 1]?.step ? '' : escapeHtml(step),
      `${escapeHtml(caller)} → ${escapeHtml(target)}`,
      `<code>${escapeHtml(request)}</code>`,
      `<b style="white-space:nowrap">${words[verdict]}</b><br>${escapeHtml(signature)}`,
      `${seconds(waitedMs)} of ${seconds(deadlineMs)}${late}`,
    ];
  });
  return table(['Step', 'Who → whom', 'Request', 'What happened', 'Settled after'], rows);
}

/** SVG goes in as an image, because the report drops the element itself. */
function exhibit(html: string): string {
  if (!html.startsWith('<svg')) return html;
  return `<img alt="" style="max-width:100%" src="data:image/svg+xml;base64,${Buffer.from(html).toString('base64')}">`;
}

function findings(story: Story): string {
  const rows = story.findings.map(({ step, claim, evidence }, index) => [
    step === story.findings[index - 1]?.step ? '' : escapeHtml(step),
    escapeHtml(claim),
    `<code style="white-space:pre-wrap;font-size:12px">${escapeHtml(evidence)}</code>`,
  ]);
  return table(['Step', 'It was found that', 'Seen'], rows);
}

function setRight({ errata: shown = [] }: Card, errata: readonly KnownErratum[]): string {
  return table(
    ['', 'The text says', 'In truth'],
    errata
      .filter(({ id }) => shown.includes(id))
      .map(({ id, claim, truth }) => [`<b>${escapeHtml(id)}</b>`, `<i>${escapeHtml(claim)}</i>`, escapeHtml(truth)]),
  );
}
