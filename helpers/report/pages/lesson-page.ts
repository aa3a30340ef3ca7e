import type { Assertion, KnownErratum } from '../../curriculum/curriculum.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, image, listing, more, note, seconds, section, table } from '../../draw/style.ts';
import type { Card } from '../../record/card.ts';
import type { AppliedManifest, Story } from '../../record/observation.ts';
import { type ExerciseRecord, timeToEffect } from '../../record/record.ts';
import { doItYourselfHtml } from './do-it-yourself.ts';
import { callsHtml, findingsHtml } from './lesson-evidence.ts';

/** Pictures of an exercise, as SVG; empty where there is nothing to draw. */
export interface Pictures {
  /** Who was where, before and after. */
  readonly map: string;
  /** Who called whom, step by step. */
  readonly sequence: string;
}

/** What the course says about the ids on a card. */
export interface Explained {
  readonly assertions: readonly Pick<Assertion, 'id' | 'requires'>[];
  readonly errata: readonly KnownErratum[];
}

/**
 * The story of one run of an exercise as HTML with inline styles, the only ones that the report lets through: question,
 * picture, what changed, what was typed and what came back, why that proves it, what to remember, what is often told
 * wrong, and how to do it alone.
 */
export function lessonHtml(
  card: Card,
  story: Story & Pick<ExerciseRecord, 'namespaces' | 'skipped'>,
  { map, sequence }: Pictures,
  { assertions, errata }: Explained,
): string {
  const effectMs = timeToEffect(story);
  const steps = more(
    'The same step by step, one arrow for each call',
    image(sequence, 'Who called whom, step by step'),
  );
  return [
    `<blockquote style="border-left:5px solid #0969da;margin:8px 0;padding:6px 14px;font-size:17px">“${escapeHtml(card.question)}”<br><span style="${faint}">— ${escapeHtml(card.persona)}</span></blockquote>`,
    skippedHtml(story.skipped),
    section(
      'What happened in this run',
      image(map, 'Who was where, who got through, and where rules apply') + (sequence === '' ? '' : steps),
    ),
    ...exhibits(story, true),
    section('What changes', changes(story.manifests)),
    story.setup.length === 0
      ? ''
      : more('What was there before: the manifest that sets the stage', changes(story.setup)),
    section('What was typed, and what came back', callsHtml(story)),
    section(story.observations.length === 0 ? 'What was found' : 'What else was found', findingsHtml(story)),
    ...exhibits(story, false),
    effectMs === undefined ? '' : `<p>The change showed itself within ${seconds(effectMs)}.</p>`,
    section(
      story.skipped.length === 0 ? 'Why this proves it' : 'How it is proven where it runs',
      `<p>${escapeHtml(card.proof)}</p>`,
    ),
    section('Takeaway', note(`<b>${escapeHtml(card.takeaway)}</b>`, 'good')),
    section('What is often told wrong', setRight(card, errata)),
    section('Do it yourself', doItYourselfHtml(story)),
    more('What of the curriculum this proves', proven(card, assertions)),
    `<p style="${faint}">Read more: <a href="${escapeHtml(card.readMore)}">${escapeHtml(card.readMore)}</a></p>`,
  ].join('');
}

/** What tells a reader that nothing below was seen, and what it would take. */
function skippedHtml(reasons: readonly string[]): string {
  if (reasons.length === 0) return '';
  const why = reasons.map((reason) => `<br>Why: ${escapeHtml(reason)}.`).join('');
  return note(`<b>This exercise was skipped: nothing on this page was seen in this run.</b>${why}`, 'bad');
}

/** Each manifest where it was applied, and to which cluster if there are several; its text only the first time. */
function changes(manifests: readonly AppliedManifest[]): string {
  const told = manifests.map(({ file, yaml, cluster, step }, index) => {
    const again = manifests.slice(0, index).some((earlier) => earlier.file === file && earlier.yaml === yaml);
    const text = again ? '' : listing(escapeHtml(yaml.trimEnd()));
    return `<p><b>${escapeHtml(file)}</b>, applied${again ? ' again' : ''}${cluster === undefined ? '' : ` to cluster ${escapeHtml(cluster)}`} in “${escapeHtml(step)}”</p>${text}`;
  });
  return told.join('');
}

/** Pictures, which come before the manifest, or tables, which come after what was found. */
function exhibits(story: Story, pictures: boolean): string[] {
  return story.exhibits
    .filter(({ html }) => html.startsWith('<svg') === pictures)
    .map(({ title, html }) => section(escapeHtml(title), pictures ? image(html, title) : html));
}

function setRight({ errata: shown = [] }: Card, errata: readonly KnownErratum[]): string {
  return table(
    ['', 'Often told', 'In truth'],
    errata
      .filter(({ id }) => shown.includes(id))
      .map(({ id, claim, truth }) => [`<b>${escapeHtml(id)}</b>`, `<i>${escapeHtml(claim)}</i>`, escapeHtml(truth)]),
  );
}

function proven({ proves }: Card, assertions: Explained['assertions']): string {
  const meaning = (id: string) => assertions.find((each) => each.id === id)?.requires ?? '';
  return table(
    ['', 'What must be seen'],
    proves.map((id) => [`<b>${escapeHtml(id)}</b>`, escapeHtml(meaning(id))]),
  );
}
