/** The script of a demo on a sheet of paper, for whoever presents it. */
import { assertionStatus } from '../../curriculum/coverage.ts';
import type { Curriculum } from '../../curriculum/curriculum.ts';
import type { Beat } from '../../curriculum/demo-card.ts';
import { type Demo, shownBy } from '../../curriculum/demos.ts';
import type { Backing } from '../../curriculum/statement.ts';
import { clockTime } from '../../draw/clock-time.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { beside, lettersFor, paper, paperTable } from '../../draw/paper.ts';
import { type AssertionResult, assertionResultOf } from '../../record/assertion-results.ts';
import type { RunRecord } from '../../runs/run-record.ts';

type Known = Pick<Curriculum, 'modules' | 'errata'>;

/** What the beats are told in, each with its share of the width. The time stands above, with the title of the step. */
const columns = [
  ['Say', 33],
  ['Ask, and what they may answer', 27],
  ['Shown', 14],
  ['Expected', 26],
] as const;

/** Characters of a script that fit on its page in the largest letters; measured on those of the course. */
const room = 5_100;

/** Signs for how an id stands after the last run. */
const marks = { proven: '✓', skipped: '–', failed: '✕', open: '✕' } as const;

/** Writes an id, with its mark where there was a run. */
type IdWriter = (id: string) => string;

/**
 * A page of A4 with everything that a presenter needs when there is no screen to read it from.
 *
 * @param run the run that evidence is taken from; without one no id has a mark
 */
export function demoPageHtml(demo: Demo, curriculum: Known, run: RunRecord | undefined): string {
  const idHtml = idWriter(run?.exercises.map(assertionResultOf));
  const time = (seconds: number) => clockTime(seconds * 1000);
  const begins = demo.beats.map((_, index) => demo.beats.slice(0, index).reduce((sum, each) => sum + each.seconds, 0));
  const rows = demo.beats.flatMap((beat, index) => {
    const from = begins[index] ?? 0;
    const times = `${time(from)} to ${time(from + beat.seconds)}`;
    const title = `<b>${times} &nbsp; ${index + 1} of ${demo.beats.length}: ${escapeHtml(beat.step)}</b>`;
    return [[title], beatCells(demo, curriculum, beat, idHtml)];
  });
  const wrong = demo.neverSay.map(
    ({ says, errata }) => `“${escapeHtml(says)}” ${errata.map((id) => truthHtml(id, curriculum)).join(' ')}`,
  );
  const body = [
    `<h1>${escapeHtml(demo.title)} <small>make demo-${escapeHtml(demo.demo)}, ${time(demo.limit)} at most</small></h1>`,
    `<p><b>Stage.</b> ${escapeHtml(demo.stage)}</p>`,
    paperTable(columns, rows),
    beside([
      `<h2>Never say</h2>${listHtml(wrong)}`,
      `<h2>When a step fails</h2>${listHtml(demo.whenItFails.map(escapeHtml))}`,
    ]),
    '<h2>Likely questions</h2>',
    beside(demo.questions.map((each) => questionHtml(each, idHtml))),
    run === undefined ? '' : `<p>${legend(run)}</p>`,
  ].join('');
  return paper(`Demo: ${demo.title}`, body, lettersFor(body, room));
}

function beatCells(demo: Demo, curriculum: Known, beat: Beat, idHtml: IdWriter): string[] {
  const { own, others } = shownBy(beat.show, demo, curriculum);
  const more = others.length === 0 ? [] : [`More: ${others.map(idHtml).join(', ')}`];
  return [
    beat.say.map(({ says }) => `“${escapeHtml(says)}”`).join('<br>'),
    `${escapeHtml(beat.ask)}<br><i>${escapeHtml(beat.answer)}</i>`,
    // An option stays on one line.
    escapeHtml(beat.run).replaceAll(' -', ' \u2011'),
    [...own.map(({ id, requires }) => `${escapeHtml(requires)} ${idHtml(id)}`), ...more].join('<br>'),
  ];
}

function questionHtml({ question, answer, ...backing }: Demo['questions'][number], idHtml: IdWriter): string {
  return `<p><b>${escapeHtml(question)}</b><br>${escapeHtml(answer)} <span class="id">${backingHtml(backing, idHtml)}</span></p>`;
}

function listHtml(items: readonly string[]): string {
  return `<ul>${items.map((each) => `<li>${each}</li>`).join('')}</ul>`;
}

/** What is true instead of a wrong sentence. */
function truthHtml(erratum: string, { errata }: Known): string {
  const truth = errata.find(({ id }) => id === erratum)?.truth ?? '';
  return `${escapeHtml(truth)} <span class="id">${escapeHtml(erratum)}</span>`;
}

/** What stands behind an answer, by ids. */
function backingHtml(
  { provenBy = [], source, opinion = false, later = [], errata = [] }: Backing,
  idHtml: IdWriter,
): string {
  return [
    ...provenBy.map(idHtml),
    ...(source === undefined ? [] : [`source ${escapeHtml(source)}`]),
    ...errata.map(escapeHtml),
    ...(opinion ? ['opinion'] : []),
    ...(later.length === 0 ? [] : [`later ${escapeHtml(later.join(', '))}`]),
  ].join(', ');
}

function idWriter(results: readonly AssertionResult[] | undefined): IdWriter {
  return (id) => {
    const mark = results === undefined ? '' : `${marks[assertionStatus(id, results).state]} `;
    return `<span class="id">${mark}${escapeHtml(id)}</span>`;
  };
}

function legend({ facts, commit, only }: RunRecord): string {
  const where = [
    facts.provider,
    ...(commit === '' ? [] : [`commit ${commit}`]),
    ...(only === '' ? [] : [`only ${only}`]),
  ]
    .map(escapeHtml)
    .join(', ');
  return `Marks are those of the run of ${facts.startedAt.slice(0, 10)}, ${where}: ✓ proven, – skipped, ✕ not proven.`;
}
