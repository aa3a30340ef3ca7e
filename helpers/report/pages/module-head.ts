import { coverage, type AssertionStatus, assertionStatus } from '../../curriculum/coverage.ts';
import type { CurriculumModule } from '../../curriculum/curriculum.ts';
import { type Answer, answersOf, type ModuleCard } from '../../curriculum/module-card.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, note, section, table } from '../../draw/style.ts';
import type { AssertionResult } from '../../record/assertion-results.ts';

/** An answer that cites what this run does not prove. */
export interface BrokenLink {
  readonly module: string;
  /** The need, objection or question that was answered. */
  readonly to: string;
  readonly id: string;
  readonly reason: string;
}

const marks = {
  proven: '<b style="color:#1a7f37">✓ proven</b>',
  skipped: '<b style="color:#6b7280">– skipped</b>',
  failed: '<b style="color:#c62828">✕ not proven</b>',
  open: '<b style="color:#c62828">✕ not proven in this run</b>',
} as const;

/** What stands before a module's exercises: who asks and why, and for each answer the results behind it. */
export function moduleHeadHtml(
  card: ModuleCard,
  module: CurriculumModule,
  assertionResults: readonly AssertionResult[],
): string {
  const backing = (answer: Answer) => backingHtml(answer, assertionResults);
  const titleOf = (exercise: string) => module.exercises.find(({ id }) => id === exercise)?.title ?? exercise;
  return [
    `<p><b>${escapeHtml(card.persona)}</b>, ${escapeHtml(card.role)}. ${escapeHtml(card.situation)}</p>`,
    `<ul>${card.pressure.map((each) => `<li>${escapeHtml(each)}</li>`).join('')}</ul>`,
    note(
      escapeHtml(verdict(card, module, assertionResults)),
      brokenLinks(card, assertionResults).length === 0 ? 'good' : 'bad',
    ),
    section(
      `What ${escapeHtml(card.persona)} needs`,
      table(
        ['Need', 'Answer', 'Result behind it'],
        card.needs.map((each) => [`<b>${escapeHtml(each.need)}</b>`, escapeHtml(each.answer), backing(each)]),
      ),
    ),
    section(
      'Objections',
      table(
        ['Objection', 'Answer', 'Result behind it'],
        card.objections.map((each) => [`<i>${escapeHtml(each.objection)}</i>`, escapeHtml(each.answer), backing(each)]),
      ),
    ),
    ...card.opinions.map(({ title, heads, rows }) =>
      section(
        `${escapeHtml(title)} ${opinion}`,
        table(
          heads.map(escapeHtml),
          rows.map((row) => row.map(escapeHtml)),
        ),
      ),
    ),
    section(
      'Questions to ask yourself',
      table(
        ['Exercise', 'Question', 'Answer', 'Result behind it'],
        card.reflection.flatMap(({ exercise, questions }) =>
          questions.map((each, index) => [
            index === 0 ? escapeHtml(titleOf(exercise)) : '',
            escapeHtml(each.question),
            escapeHtml(each.answer),
            backing(each),
          ]),
        ),
      ),
    ),
  ].join('');
}

/**
 * Every citation that no exercise of the run proves, because none names the id or because one failed. What was skipped
 * is not among them: the lab lacks something, and the page says what.
 */
export function brokenLinks(card: ModuleCard, assertionResults: readonly AssertionResult[]): BrokenLink[] {
  return answersOf(card).flatMap(({ to, provenBy = [] }) =>
    provenBy
      .map((id) => assertionStatus(id, assertionResults))
      .filter(({ state }) => state === 'open' || state === 'failed')
      .map(({ id, reason }) => ({ module: card.module, to, id, reason })),
  );
}

const opinion = '<b style="color:#9a6700;font-size:13px">opinion</b>';

function backingHtml({ provenBy = [], later = [] }: Answer, assertionResults: readonly AssertionResult[]): string {
  const assertionStatuses = provenBy.map((id) => assertionStatus(id, assertionResults));
  const pages = Map.groupBy(assertionStatuses, ({ state, by }) => `${state} ${by?.page}`);
  const lines = [...pages.values()].map(linkHtml);
  const next =
    later.length === 0 ? [] : [`<span style="${faint}">taken up later in ${escapeHtml(later.join(', '))}</span>`];
  return [...(provenBy.length === 0 ? [opinion] : lines), ...next].join('<br>');
}

/** One line for all ids that the same exercise decided. */
function linkHtml(alike: readonly AssertionStatus[]): string {
  const [first] = alike;
  if (first === undefined) return '';
  const ids = `<span style="${faint}">${alike.map(({ id }) => escapeHtml(id)).join(', ')}</span>`;
  if (first.by === undefined) return `${marks[first.state]} ${ids}`;
  const why = first.reason === '' ? '' : `<br><span style="${faint}">${escapeHtml(first.reason)}</span>`;
  return `${marks[first.state]} <a href="#${first.by.page}">${escapeHtml(first.by.claim)}</a> ${ids}${why}`;
}

function verdict(card: ModuleCard, module: CurriculumModule, assertionResults: readonly AssertionResult[]): string {
  const assertionStatuses = coverage({ modules: [module] }, [card], new Map(), assertionResults);
  const proven = assertionStatuses.filter(({ state }) => state === 'proven').length;
  return `This run proves ${proven} of the ${assertionStatuses.length} things that the curriculum asks of this module.`;
}
