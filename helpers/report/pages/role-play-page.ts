/** A role-play on paper, for two people: the customer's sheet, the adviser's, and one to read together afterwards. */
import type { Cards } from '../../curriculum/cards.ts';
import type { Curriculum } from '../../curriculum/curriculum.ts';
import { truthsOf } from '../../curriculum/role-play-traps.ts';
import { canBeWon, inquiriesAsked, type Objection, parts, type RolePlay } from '../../curriculum/role-play.ts';
import { standingOf, type Stands } from '../../curriculum/standing.ts';
import type { Backing, Statement } from '../../curriculum/statement.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { beside, paper, paperTable } from '../../draw/paper.ts';
import { assertionResultOf } from '../../record/assertion-results.ts';
import type { RunRecord } from '../../runs/run-record.ts';

type Known = Pick<Curriculum, 'modules' | 'errata'>;

/** What the customer's sheet tells of each objection, with its share of the width. */
const columns = [
  ['You say', 17],
  ['1 point: what is right about it', 22],
  ['1 point: what is shown', 27],
  ['1 point: what is not', 22],
  ['Never', 12],
] as const;

/** What is written down for each objection. */
const scoreColumns = [
  ['Objection', 34],
  ['Said what is right about it', 15],
  ['Named a result that is proven', 21],
  ['Said what is not shown', 15],
  ['Trap', 6],
  ['Points', 9],
] as const;

/**
 * Three pages of A4. Ids have the marks of a run, and an objection whose result it does not prove is said to be one that
 * cannot be won.
 *
 * @param run the run that evidence is taken from; without one nothing is proven
 */
export function rolePlayPageHtml(
  rolePlay: RolePlay,
  curriculum: Known,
  cards: Cards,
  run: RunRecord | undefined,
): string {
  const results = run?.exercises.map(assertionResultOf) ?? [];
  const stands: Stands = (id) => standingOf(id, curriculum, cards, results);
  const foot = `<p>${legend(run)}</p>`;
  return paper(
    `Role-play: ${rolePlay.title}`,
    [customersSheet(rolePlay, stands), advisersSheet(rolePlay), afterwards(rolePlay, stands, curriculum)]
      .map((sheet) => `<section style="break-after: page">${sheet}${foot}</section>`)
      .join(''),
  );
}

function customersSheet(rolePlay: RolePlay, stands: Stands): string {
  const { title, customer, stage, opening, inquiries, objections, restores, close } = rolePlay;
  const told = inquiries.map(({ ask, answer, fact }) => {
    const worth = fact === undefined ? '' : ` <b>1 point.</b> ${escapeHtml(fact)}`;
    return `${escapeHtml(ask)} <b>“${escapeHtml(answer)}”</b>${worth}`;
  });
  const half = Math.ceil(told.length / 2);
  return [
    `<h1>${escapeHtml(title)} <small>the customer's sheet; do not show it</small></h1>`,
    `<p><b>${escapeHtml(customer)}.</b> ${escapeHtml(stage)}</p>`,
    `<p><b>You begin.</b> “${escapeHtml(opening)}”</p>`,
    `<h2>What they may ask, ${inquiriesAsked} questions</h2>`,
    beside([listHtml(told.slice(0, half)), listHtml(told.slice(half))]),
    '<h2>Your objections, in this order</h2>',
    paperTable(
      columns,
      objections.map((each) => objectionCells(each, stands)),
    ),
    '<h2>The end</h2>',
    `<p><b>1 point</b> for this: ${statementHtml(close, stands)} <b>A lost point comes back</b> if this is so: ${escapeHtml(restores)}</p>`,
  ].join('');
}

function objectionCells(objection: Objection, stands: Stands): string[] {
  const { says, errata = [] } = objection.trap;
  return [
    `“${escapeHtml(objection.objection)}”${canBeWon(objection, stands) ? '' : '<br><b>Cannot be won: not all of its result is proven.</b>'}`,
    ...parts.map((part) => statementHtml(objection[part], stands)),
    `“${escapeHtml(says)}” <span class="id">${escapeHtml(errata.join(', '))}</span>`,
  ];
}

function advisersSheet({ title, customer, minutes, stage, opening, inquiries, objections }: RolePlay): string {
  const asks = inquiries.map(({ ask }) => escapeHtml(ask)).toSorted((a, b) => a.localeCompare(b, 'en'));
  return [
    `<h1>${escapeHtml(title)} <small>the adviser's sheet, ${minutes} minutes at most</small></h1>`,
    `<p><b>${escapeHtml(customer)}.</b> ${escapeHtml(stage)}</p>`,
    `<p><b>They begin.</b> “${escapeHtml(opening)}”</p>`,
    beside([
      `<h2>You may ask ${inquiriesAsked} of these first</h2>${listHtml(asks)}`,
      `<h2>How it is counted</h2>${listHtml([
        'A point for each question that leads somewhere, 4 at most.',
        'Each objection: a point for what is right about it, a point for a result, a point for what is not shown or does not hold.',
        'The point for a result needs the id of an assertion that answers the objection and that the run below proves. What is not proven cannot be won with, and must be called so.',
        'A sentence with an id that has no ✓ brings no point either.',
        'A sentence that is wrong loses the objection.',
        'A point for what you ask for at the end. The customer knows what brings a lost point back.',
        'A pass is 14 of 20 points, no wrong sentence, and 3 objections met with a result that is proven.',
      ])}`,
    ]),
    '<h2>Score</h2>',
    paperTable(scoreColumns, [
      ...objections.map((_, index) => [`${index + 1}<br>&nbsp;`, '', '', '', '', '']),
      ['Questions, the end, a point that came back', '', '', '', '', '&nbsp;'],
      ['<b>All</b>', '', '', '', '', '&nbsp;'],
    ]),
  ].join('');
}

function afterwards({ title, objections, model, debrief }: RolePlay, stands: Stands, curriculum: Known): string {
  const wrong = objections.map(
    ({ trap }) => `“${escapeHtml(trap.says)}” ${truthsOf(trap, curriculum).map(escapeHtml).join(' ')}`,
  );
  return [
    `<h1>${escapeHtml(title)} <small>for both, afterwards</small></h1>`,
    `<h2>To ask yourself</h2>${listHtml(debrief.map(escapeHtml))}`,
    `<h2>What is wrong, and what is true</h2>${listHtml(wrong)}`,
    '<h2>An answer to the whole</h2>',
    ...model.map(
      ({ title: part, lines }) =>
        `<p><b>${escapeHtml(part)}</b></p>${listHtml(lines.map((each) => statementHtml(each, stands)))}`,
    ),
  ].join('');
}

function statementHtml({ says, ...backing }: Statement, stands: Stands): string {
  return `${escapeHtml(says)} ${backingHtml(backing, stands)}`;
}

const marks = { proven: '✓', skipped: '–', failed: '✕', open: '✕', later: '–', unknown: '✕' } as const;

function backingHtml(backing: Backing, stands: Stands): string {
  const { provenBy = [], source, opinion = false, later = [], errata = [] } = backing;
  const all = [
    ...provenBy.map((id) => `${marks[stands(id).state]} ${id}`),
    ...(source === undefined ? [] : [`source ${source}`]),
    ...errata,
    ...(opinion ? ['opinion'] : []),
    ...later.map((id) => `not taught yet ${id}`),
  ];
  return all.map((part) => `<span class="id">${escapeHtml(part)}</span>`).join(', ');
}

function listHtml(items: readonly string[]): string {
  return `<ul>${items.map((each) => `<li>${each}</li>`).join('')}</ul>`;
}

function legend(run: RunRecord | undefined): string {
  if (run === undefined) {
    return 'The course was never run here, so nothing on this sheet is proven. Type make course, and print it again.';
  }
  const { facts, commit, only } = run;
  const where = [
    facts.provider,
    ...(commit === '' ? [] : [`commit ${commit}`]),
    ...(only === '' ? [] : [`only ${only}`]),
  ].map(escapeHtml);
  return `Marks are those of the run of ${facts.startedAt.slice(0, 10)}, ${where.join(', ')}: ✓ proven, – skipped, ✕ not proven. The customer and the company are made up.`;
}
