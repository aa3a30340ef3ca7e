import type { Cards } from '../../curriculum/cards.ts';
import { coverage } from '../../curriculum/coverage.ts';
import type { CurriculumModule } from '../../curriculum/curriculum.ts';
import { type ModuleCard, type TalkTrack, toldByModule } from '../../curriculum/module-card.ts';
import type { RolePlay } from '../../curriculum/role-play.ts';
import type { Statement } from '../../curriculum/statement.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { note, section, table } from '../../draw/style.ts';
import type { MadePage } from './added-page.ts';
import { backingHtml, brokenLinks, type Evidence, opinionMark, statementsHtml, wordsHtml } from './backing.ts';

const behind = 'What stands behind it';

/**
 * What stands before a module's exercises: who asks and why, and for each answer what is behind it.
 *
 * @param beside a talk with the one who asks, if there is one, and pages that were made from the run
 */
export function moduleHeadHtml(
  card: ModuleCard,
  module: CurriculumModule,
  cards: Cards,
  evidence: Evidence,
  { rolePlay, made = [] }: { readonly rolePlay?: RolePlay | undefined; readonly made?: readonly MadePage[] } = {},
): string {
  const { needs, objections, keyTakeaways } = card;
  const whole = brokenLinks(toldByModule(card), evidence.assertionResults).length === 0;
  return [
    `<p><b>${escapeHtml(card.persona)}</b>, ${escapeHtml(card.role)}. ${escapeHtml(card.situation)}</p>`,
    `<ul>${card.pressure.map((each) => `<li>${escapeHtml(each)}</li>`).join('')}</ul>`,
    note(escapeHtml(verdict(module, cards, evidence)), whole ? 'good' : 'bad'),
    section('Impact on the business', statementsHtml('Statement', card.businessImpact, evidence)),
    section(
      `What ${escapeHtml(card.persona)} needs`,
      table(
        ['Need', 'Answer', behind],
        needs.map((each) => [
          `<b>${escapeHtml(each.need)}</b>`,
          wordsHtml(each.answer, each, evidence),
          backingHtml(each, evidence),
        ]),
      ),
    ),
    section(`What to say to ${escapeHtml(card.persona)}`, talkTracksHtml(card.talkTracks, evidence)),
    section(
      'Objections',
      table(
        ['Objection', 'Answer', behind],
        objections.map((each) => [
          `<i>${escapeHtml(each.objection)}</i>`,
          wordsHtml(each.answer, each, evidence),
          backingHtml(each, evidence),
        ]),
      ),
    ),
    ...card.opinions.map(({ title, heads, rows }) =>
      section(
        `${escapeHtml(title)} ${opinionMark}`,
        table(
          heads.map(escapeHtml),
          rows.map((row) => row.map((cell) => cellHtml(cell, evidence))),
        ),
      ),
    ),
    section('Made from the results of this run', made.map(madeHtml).join('')),
    section('Takeaways: how it works', statementsHtml('Takeaway', keyTakeaways.technical, evidence)),
    section('Takeaways: what customers care about', statementsHtml('Takeaway', keyTakeaways.business, evidence)),
    section('Takeaways: how to present it', statementsHtml('Takeaway', keyTakeaways.product, evidence)),
    section('Practise it', rolePlay === undefined ? '' : practiceHtml(rolePlay)),
  ].join('');
}

function madeHtml({ title, page }: MadePage): string {
  return `<p><a href="#${page}">${escapeHtml(title)}</a></p>`;
}

/** How a talk begins; what is objected in it is not told before. */
function practiceHtml({ scenario, customer, opening }: RolePlay): string {
  return `<p>${escapeHtml(customer)} begins: “${escapeHtml(opening)}” In a copy of the course, <code>make role-play SCENARIO=${escapeHtml(scenario)}</code> goes on from here, and takes as evidence only what a run has proven; <code>make role-play-paper SCENARIO=${escapeHtml(scenario)}</code> writes it for two people on paper.</p>`;
}

function talkTracksHtml(tracks: readonly TalkTrack[], evidence: Evidence): string {
  const rows = tracks.flatMap(({ title, lines, show = [] }) => [
    ...lines.map((line, index) => [
      index === 0 ? `<b>${escapeHtml(title)}</b>` : '',
      wordsHtml(line.says, line, evidence),
      backingHtml(line, evidence),
    ]),
    ...(show.length === 0 ? [] : [['', '<i>Show with it</i>', backingHtml({ provenBy: show }, evidence)]]),
  ]);
  return table(['Part', 'Words', behind], rows);
}

/** A cell of a table of judgements; what it cites stands under it. */
function cellHtml(cell: string | Statement, evidence: Evidence): string {
  if (typeof cell === 'string') return escapeHtml(cell);
  return `${wordsHtml(cell.says, cell, evidence)}<br>${backingHtml(cell, evidence)}`;
}

function verdict(module: CurriculumModule, cards: Cards, { assertionResults }: Evidence): string {
  const assertionStatuses = coverage({ modules: [module] }, cards, new Map(), assertionResults);
  const proven = assertionStatuses.filter(({ state }) => state === 'proven').length;
  return `This run proves ${proven} of the ${assertionStatuses.length} things that the curriculum asks of this module.`;
}
