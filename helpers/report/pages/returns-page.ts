import { escapeHtml } from '../../draw/escape.ts';
import { faint, more, note, section, table } from '../../draw/style.ts';
import { placeOf } from '../../record/exercise-path.ts';
import { pageId } from '../../record/results.ts';
import { basisOfInputs } from '../../roi/documents/basis.ts';
import { aboutProfiles, profileHeads, profileRows, readings } from '../../roi/documents/profiles.ts';
import { count } from '../../roi/figures.ts';
import { type Measurement, measurementsOf, withMeasured } from '../../roi/measurements.ts';
import { type Profile, readProfiles } from '../../roi/profiles.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { type MadePage, writeAddedPage } from './added-page.ts';
import { opinionMark } from './backing.ts';

/** Where the exercise on the return lies. */
const folder = '02-service-mesh-value/07-roi';

/**
 * Adds what a mesh returns to each customer of the course, if the run had the exercise about it.
 *
 * @returns the page, or none
 */
export async function writeReturnsPage(run: RunRecord, draft: string): Promise<MadePage[]> {
  if (!run.exercises.some(({ path }) => path.startsWith(`${folder}/`))) return [];
  const id = '00-returns-by-customer';
  const title = 'Five customers, five returns';
  await writeAddedPage(draft, run.facts.startedAt, {
    id,
    title: `00 ${title}`,
    ...placeOf(folder),
    html: returnsHtml(await readProfiles(), measurementsOf(run)),
    broken: [],
  });
  return [{ folder, title, page: pageId(id) }];
}

/** The page itself: a row for each customer, how to read it, and where each figure comes from. */
export function returnsHtml(profiles: readonly Profile[], measurements: readonly Measurement[]): string {
  return [
    ...aboutProfiles.slice(0, 1).map((sentence) => note(escapeHtml(sentence), 'plain')),
    table(
      profileHeads.map(escapeHtml),
      // A percentage stays on one line.
      profileRows(profiles).map((row) => row.map((cell) => escapeHtml(cell).replaceAll(' %', '\u00a0%'))),
    ),
    ...aboutProfiles.slice(1).map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    section('What to read out of it', readingsHtml(profiles)),
    section('What this run measured, and what it does not replace', measuredHtml(profiles, measurements)),
    section(
      'Where the figures come from',
      profiles
        .map(({ inputs }) =>
          more(escapeHtml(inputs.company), listHtml(basisOfInputs(withMeasured(inputs, measurements)))),
        )
        .join(''),
    ),
    '<p>With your own figures: <code>make roi PROFILE=lisa</code> shows a customer, and says which file to copy; <code>make roi INPUTS=mine.yaml</code> calculates with the copy.</p>',
  ].join('');
}

function readingsHtml(profiles: readonly Profile[]): string {
  const items = readings(profiles).map(
    ({ says, opinion }) => `<li>${escapeHtml(says)}${opinion ? ` ${opinionMark}` : ''}</li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}

/** What one exercise measures has to do with figures of several customers: one row for each exercise. */
function measuredHtml(profiles: readonly Profile[], measurements: readonly Measurement[]): string {
  const uses = profiles.flatMap(({ inputs: { company, dora, relatedMeasurements } }) => {
    const replaced = dora?.recoverySeconds.measuredBy;
    return [
      ...(replaced === undefined ? [] : [{ by: replaced, figure: `${company}: recovery time`, how: placeOfRecovery }]),
      ...relatedMeasurements.map(({ measuredBy, relatesTo, notUsedBecause }) => ({
        by: measuredBy,
        figure: `${company}: ${relatesTo.toLowerCase()}`,
        how: `It stands beside the figure. ${notUsedBecause}`,
      })),
    ];
  });
  const lines = (texts: readonly string[]) => [...new Set(texts)].map(escapeHtml).join('<br>');
  return table(
    ['Measured', 'Has to do with', 'Place in the calculation'],
    [...Map.groupBy(uses, ({ by }) => by)].map(([by, own]) => [
      figuresHtml(by, measurements),
      lines(own.map(({ figure }) => figure)),
      lines(own.map(({ how }) => how)),
    ]),
  );
}

/** Figures that are read at a glance; more of them are folded. */
const fewFigures = 2;

function figuresHtml(id: string, measurements: readonly Measurement[]): string {
  const own = measurements.filter(({ exercise }) => exercise === id);
  const mark = `<span style="${faint}">${escapeHtml(id)}</span>`;
  if (own.length === 0) return `not measured in this run ${mark}`;
  const all = own
    .map(({ what, value, unit }) => `${escapeHtml(what)}: ${count(value)}\u00a0${escapeHtml(unit)}`)
    .join('<br>');
  return own.length > fewFigures ? `${own.length} figures ${mark}${more('show them', all)}` : `${all} ${mark}`;
}

const placeOfRecovery =
  'It takes the place of what was assumed, from the decision to roll back until traffic has moved.';

/** A Markdown list as HTML. */
function listHtml(markdown: string): string {
  const items = markdown.split('\n').map((line) => `<li>${escapeHtml(line.replace(/^- /, ''))}</li>`);
  return `<ul>${items.join('')}</ul>`;
}
