import type { Card } from '../card.ts';
import type { Sighting, Story } from '../evidence.ts';
import { escapeHtml } from './escape.ts';
import { faint, listing, note, section, table } from './style.ts';

/** A wait that took more than this share of its deadline is marked: the next one may not make it. */
export const warningShare = 0.75;

const words = { allowed: '✓ let through', blocked: '✕ refused', broken: '? broken' } as const;
const effect = /data-effect-ms="(\d+)"/;

/** The story of one run of an exercise as HTML with inline styles, the only ones that the report lets through. */
export function storyHtml(card: Card, story: Story, pictureSvg: string): string {
  const effectMs = timeToEffect(story);
  return [
    `<blockquote style="border-left:5px solid #0969da;margin:8px 0;padding:6px 14px;font-size:17px">“${escapeHtml(card.question)}”<br><span style="${faint}">— ${escapeHtml(card.persona)}</span></blockquote>`,
    section('What happened in this run', pictureHtml(pictureSvg)),
    section('What changes', changes(story)),
    ...story.exhibits.map(({ title, html }) => section(escapeHtml(title), exhibit(html))),
    section('Every call, in order', probes(story.sightings)),
    section('What else was found', findings(story)),
    effectMs === undefined
      ? ''
      : `<p data-effect-ms="${effectMs}">The change showed itself within ${seconds(effectMs)}.</p>`,
    section('Why this proves it', `<p>${escapeHtml(card.proof)}</p>`),
    section('Takeaway', note(`<b>${escapeHtml(card.takeaway)}</b>`, 'good')),
    section('What the course text got wrong', errata(card)),
    `<p style="${faint}">Proves ${escapeHtml(card.proves.join(', '))} of the curriculum. Read more: <a href="${escapeHtml(card.readMore)}">${escapeHtml(card.readMore)}</a></p>`,
  ].join('');
}

/**
 * Longest wait, in milliseconds, of a probe outside the `Before:` steps, which is how long the slowest change took to
 * show itself; undefined where nothing was applied.
 */
export function timeToEffect({ sightings, manifests }: Story): number | undefined {
  const after = sightings.filter(({ step }) => !step.startsWith('Before'));
  if (manifests.length === 0 || after.length === 0) return undefined;
  return Math.round(Math.max(...after.map(({ waitedMs }) => waitedMs)));
}

/** Reads that time back out of a story. */
export function effectMsOf(html: string): number | undefined {
  const found = effect.exec(html)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Milliseconds for people, kept on one line: `0.4 s`, `30 s`, `2 min 5 s`. */
export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${Number((ms / 1000).toFixed(1))}\u00a0s`;
  return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
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

function probes(sightings: readonly Sighting[]): string {
  const rows = sightings.map((sighting, index) => {
    const { step, caller, target, request, verdict, signature, waitedMs, deadlineMs } = sighting;
    const late = waitedMs > warningShare * deadlineMs ? '<br><b>⚠ close to its deadline</b>' : '';
    return [
      step === sightings[index - 1]?.step ? '' : escapeHtml(step),
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

function errata({ errata: wrong = [] }: Card): string {
  return table(
    ['', 'The text says', 'In truth'],
    wrong.map(({ id, said, fact }) => [`<b>${escapeHtml(id)}</b>`, `<i>${escapeHtml(said)}</i>`, escapeHtml(fact)]),
  );
}
